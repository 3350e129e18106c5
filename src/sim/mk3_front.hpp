// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The system through an MK3 interface, after Victron's MK2 document and velib. Time and bytes in, bytes and a
// deadline out; no I/O. It shares the codec with the daemon, nothing else.
//
// Chosen by us, where no source says: which unit answers F 0, L and 41 (the first), that a unit or a phase
// that is not there is silence, the form of the answer to a lower-case channel (that of the request), unique
// numbers, and when a panel's frame is passed on. Not done: the snapshot (F 6), the
// battery limits (F 9), faults of the line.
#pragma once

#include "sim/system_model.hpp"

#include "bms/mk2/framer.hpp"

namespace bms::sim {

class Mk3Front {
  public:
    /// The interface has its power from the bus: while that sleeps it is silent, and forgets.
    Mk3Front(System&, Instant start);

    void receive(mk2::ByteView, Instant now);
    /// What the interface says up to now: one frame a tick.
    mk2::Bytes poll(Instant now);
    Instant next_deadline() const { return next_tick; }

  private:
    struct Waiting {
        Instant due;
        mk2::Bytes wire;
    };

    void restart(Instant now);
    void run_tick(Instant now, mk2::Bytes& out);
    void forward_panel(Instant now);
    void take(const mk2::Message&, Instant now);
    void say(const mk2::Message&, Instant due);
    std::optional<mk2::Message> answer(const mk2::Message&, Instant now);
    std::optional<mk2::Message> answer_special(const mk2::Message&, Instant now);
    mk2::Message set_state(const mk2::SetState&);
    mk2::Message led_report() const;
    std::optional<mk2::Message> ac_info(std::uint8_t phase) const;
    std::optional<mk2::Message> unit_info(std::uint8_t device) const;
    void reset(std::uint32_t number, Instant now);
    std::optional<mk2::Message> winmon(const mk2::Winmon&, Instant now);
    std::optional<mk2::Message> pass_through(const vebus::Message&);
    std::uint8_t address_of(std::size_t unit) const;
    Unit* unit_at(std::uint8_t address);

    System& system;
    mk2::Framer framer;
    Instant next_tick;
    Instant quiet_since; ///< nothing said and nothing heard
    std::deque<Waiting> waiting;
    std::uint8_t target = 'B';
    mk2::Lines lines;
    std::uint8_t flags = 0;
    bool long_winmon = false;
    bool was_awake = true;
    int panels_told = 0;
};

} // namespace bms::sim
