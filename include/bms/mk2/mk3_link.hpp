// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The link through a Victron MK3 (or a late MK2) interface. The interface knows the slots of the bus; here
// are its own manners, and what is asked of it in turn. What is said to the units is Dialogue's.
// src/mk2/README.md.
//
// The line: 2400 baud 8N1 is 240 bytes a second each way. One request is open at a time; request, bus and
// answer take 0.1 to 0.2 s, so five to eight go in a second. While the system is on, for one unit, a second
// has two F 5 (5 bytes out, 15 in), one L (4 out, 10 in), half an F 1 (5 out, 17 in) and half a RAM read (6
// out, 8 in): 20 bytes out and 53 in, and about four requests. What is left is for orders and checks, and for
// more units: each adds half a RAM read and half an A (5 out and in).
#pragma once

#include "bms/mk2/framer.hpp"
#include "bms/vebus/dialogue.hpp"

namespace bms::mk2 {

/// What an interface speaks after power-up [V]. GX devices change it to 115200 [V]; how is not public, so the
/// port is opened with this and stays with it.
inline constexpr int mk3_baud = 2400;

class Mk3Link final : public vebus::Link {
  public:
    explicit Mk3Link(const vebus::LinkSettings&, const vebus::Originals& = {});

    void want(std::optional<vebus::Wanted> wanted) override;
    void repeat_mode_every(Duration interval) override { dialogue.repeat_mode_every(interval); }
    void restore_originals(const vebus::Originals& originals) override {
        dialogue.restore_originals(originals);
    }
    void resume() override;

    void receive(ByteView, Instant now) override;
    Bytes poll(Instant now) override;
    Instant next_deadline() const override;

    const vebus::LinkStatus& status() const override { return dialogue.status(); }

  private:
    /// What we ask by ourselves, in this order when several are due.
    enum class Ask : std::uint8_t { version, target, flags, units, master_led, leds, ac, dc };
    static constexpr std::size_t asks = 8;
    struct Asked {
        Instant due = Instant::min();
        int unanswered = 0; ///< in a row
        bool answered = false;
    };
    struct Open {
        std::optional<Ask> ask; ///< nullopt: the dialogue's, or a switch command
        Instant until;
        bool is_switch = false;
        bool is_winmon = false;
    };
    struct Switch {
        bool passed_through = false; ///< by a 3F frame, as S has shown no effect
        std::optional<vebus::SwitchState> sent{};
        Instant at{};
        bool reported = false; ///< the switch register came after it
    };

    Asked& asked(Ask ask) { return state[static_cast<std::size_t>(ask)]; }
    const Asked& asked(Ask ask) const { return state[static_cast<std::size_t>(ask)]; }
    bool awake() const { return asked(Ask::version).answered; }
    /// Answered, or left unanswered for once.
    bool settled(Ask) const;
    bool useful(Ask) const;
    std::optional<Ask> next_ask(Instant now) const;
    Instant next_ask_due() const;
    Duration interval(Ask) const;
    void set_up_again();
    void asleep();

    void take(const Message&, Instant now);
    void take_version(const InterfaceVersion&, Instant now);
    void take_target(const Target&, Instant now);
    void take_leds(const LedReport&, Instant now);
    void take_passed(const vebus::Message&, Instant now);
    void take_winmon(const vebus::Message&, Instant now);
    void take_units(const vebus::UnitInfo&, Instant now);
    void answered(Ask, Instant now);
    void give_up_frame(Instant now);
    void expire(Instant now);
    void time_out(Instant now);
    void count();

    bool dialogue_ready() const;
    Instant proof_until() const;
    Message message_of(Ask) const;
    Message switch_message(vebus::SwitchState, Instant now);
    Message send_ask(Ask, Instant now);
    Message send_dialogue(vebus::Outgoing, Instant now);
    std::optional<Message> next(Instant now);

    vebus::LinkSettings settings;
    Framer framer;
    vebus::Dialogue dialogue;
    std::array<Asked, asks> state{};
    std::optional<Open> open;
    std::optional<vebus::Outgoing> held; ///< until the target is its unit
    std::optional<std::uint8_t> target;  ///< told by the interface
    std::uint8_t wanted_target = 0;
    std::vector<std::uint8_t> units{0};
    Switch last_switch;
    bool dialogue_was_last = false;
    bool in_doubt = false;         ///< has the interface forgotten its flags, unnoticed?
    bool refusal_believed = false; ///< it has not: the next "command unknown" is the unit's own
    Instant last_byte = Instant::min();
    Instant heard_at = Instant::min(); ///< a good frame of the interface
    Instant next_send = Instant::min();
};

} // namespace bms::mk2
