// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What is asked of the inverter/charger and what is believed of its answers; messages and time, no bytes and
// no slots. A back end carries the messages: it asks next() when it can send at once, and says what it heard.
//
//   back end      -> take(), take_panel()                what came in
//   back end      <- next()                              what to send now, one request open at a time
//
// Inside: Checks (what is there), Orders (mode and charge settings of every unit), Measuring (RAM variables),
// Reports (what it does). In what order they speak: src/vebus/README.md.
#pragma once

#include "bms/vebus/link.hpp"

#include <memory>
#include <string>
#include <vector>

namespace bms::vebus {

struct Outgoing {
    std::uint8_t unit = 0; ///< winmon requests go to this device; everything else to the system
    Message message{};
    bool operator==(const Outgoing&) const = default;
};

/// What another remote commands with this message: 3F, or 40 with bit 3 set; nullopt: nothing.
std::optional<SwitchState> commanded_by(const Message&);

class Dialogue {
  public:
    struct Carrier {
        bool sends_winmon_id = true; ///< raw: each request carries an id that its reply repeats
        bool measures_by_ram =
            false; ///< battery voltage and current are read from RAM (an MK3 tells no 80 frames)
        Duration measure_every = 1s;
    };

    Dialogue(const LinkSettings&, const Carrier&);
    ~Dialogue();

    /// Whether this is another wish than the one before.
    bool want(std::optional<Wanted>);
    void repeat_mode_every(Duration);
    void restore_originals(const Originals&);
    void resume();
    /// From now on nothing is sent; the first reason stays until resume() or listen_only_ends().
    void listen_only(ListenOnly, std::string why);
    /// This reason, if it is the one, has gone; the checks of a start are made again.
    void listen_only_ends(ListenOnly);

    /// The units that answer; until it is said, one with address 0.
    void units_are(const std::vector<std::uint8_t>&);

    /// A good message of a unit. A DeviceInfo may come from anybody.
    void take(const Message&, std::uint8_t unit, Instant now);
    /// Another remote's command was heard. is_dmc: from an address of a Digital Multi Control.
    void take_panel(SwitchState, bool is_dmc, Instant now);

    /// What to send now, if anything; it counts as sent.
    std::optional<Outgoing> next(Instant now);
    bool something_due(Instant now) const;
    /// A request that next() gave has neither been answered nor given up nor overtaken by listening only.
    bool request_open() const;
    /// The open request never went out.
    void take_back();
    /// When next() will have something, as things stand; for back ends without a slot to wait for.
    Instant next_due() const;
    /// Time-outs; call before next() and at next_deadline().
    void expire(Instant now);
    Instant next_deadline() const;

    bool may_send() const;
    /// may_send(), something is wanted, and the checks that come before every order are done.
    bool may_order() const;
    /// A mode is due that a veto insists on: nothing goes before it.
    bool insists_now(Instant now) const;
    LinkStatus& status();
    const LinkStatus& status() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts;
};

} // namespace bms::vebus
