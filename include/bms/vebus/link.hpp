// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A link to the inverter/charger, whatever the wire: bytes and time in, bytes and a deadline out, no I/O.
//
// The owner calls receive() when bytes came, poll() right after it and again at next_deadline(), and writes
// what poll() returns at once. Back ends: rs485_link.hpp (raw VE.Bus), bms/mk2/mk3_link.hpp (MK2/MK3).
#pragma once

#include "bms/vebus/firmware.hpp"
#include "bms/vebus/frame.hpp"
#include "bms/vebus/framer.hpp"
#include "bms/vebus/originals.hpp"
#include "bms/vebus/ram_setting.hpp"

#include <string>

namespace bms::vebus {

/// Defaults are those of the send rule; tests and slow adapters change them.
struct LinkSettings {
    bool transmit = false;            ///< false: listen only
    bool several_units = false;       ///< raw: go on although unknown addresses talk (untested anywhere)
    bool assistant_installed = false; ///< the user's word: VE.Bus BMS or ESS assistant is there (M55)
    Duration send_window = 10ms;      ///< raw: a sync older than this opens no slot any more
    Duration timeout = 10s;           ///< without a frame of the Multi for so long it is not heard
    Duration reply_timeout = 100ms;   ///< replies come after 25..43 ms [1]; through an MK3 500 ms [V]
    int min_clean_syncs = 3;          ///< raw: in a row before anything is sent
    int max_tries = 3;                ///< of a request without reply, and of a switch command without effect
    Duration repeat_mode = 1s;        ///< switch command: repeated, and tried again
    Duration repeat_charge = 10s;     ///< charge settings: repeated, and tried again at the latest
};

enum class ChargeOrder { allow, reduce, stop };

struct Wanted {
    SwitchState mode = SwitchState::on;
    ChargeOrder charge = ChargeOrder::allow;
    std::uint16_t limit_a = 0; ///< with reduce: the largest bulk current of each unit
    bool insist = false;       ///< a veto is active: the mode is repeated even when acknowledged
    bool operator==(const Wanted&) const = default;
};

/// Why nothing is sent. The words are in LinkStatus::listen_only_reason.
enum class ListenOnly {
    no, ///< the link may send
    configured,
    foreign_bms,      ///< another VE.Bus BMS answers
    firmware_too_old, ///< below 415: VE.Bus error 15 (M56)
    several_units,    ///< raw control of several Multis was never done
    echo_mismatch,
    storm,       ///< more broken than good frames
    mode_locked, ///< another service's /Mode cannot be written: somebody else holds the switch
};

struct RoundTrip {
    std::uint64_t count = 0;
    Duration last{}, longest{}, sum{};
};

struct LinkStatistics {
    std::uint64_t syncs = 0;
    std::uint64_t master_leds = 0;
    std::uint64_t conditions = 0;
    std::uint64_t ac_phases = 0;
    std::uint64_t infos = 0;   ///< 20 frames, all types
    std::uint64_t replies = 0; ///< winmon replies, to whomever
    std::uint64_t others = 0;  ///< other good frames of the Multi
    std::uint64_t other_remotes = 0;
    std::uint64_t sent = 0;
    std::uint64_t info_frames = 0; ///< of those: BMS info frames and answers of a frame profile
    std::uint64_t acknowledged =
        0; ///< replies to our requests, and switch commands seen in the switch register
    std::uint64_t retries = 0;
    std::uint64_t timeouts = 0; ///< given up after max_tries
    std::uint64_t missed_slots =
        0; ///< something was to be sent, and the slot closed before poll() was called
    std::uint64_t echoes = 0;
    std::uint64_t echo_mismatches = 0;
    RoundTrip round_trip; ///< from a request sent to its reply received
};

/// An assistant record of the ESS assistant in the unit's RAM: head 0x005n [R].
struct EssRecord {
    std::uint16_t setpoint_variable = 0; ///< RAM id of the setpoint: head + 1
    int variables = 0;                   ///< ids that belong to the record
    bool operator==(const EssRecord&) const = default;
};

/// What the checks at start have found; everything empty until answered, and again when the Multi was lost.
struct LinkFindings {
    bool done = false;                ///< all were answered or left unanswered max_tries times
    std::optional<Firmware> firmware; ///< of the unit with the lowest one: the worst counts (M54-M57)
    std::optional<int> units;         ///< how many answer
    /// Flags word 2 bit 7 [1]; that setting 60 is that word is likely, not proven.
    std::optional<bool> configured_for_bms;
    std::optional<EssRecord> ess;
    std::optional<std::uint32_t> dmc_version; ///< a Digital Multi Control has answered the 21/80 poll [V]
    std::optional<std::uint32_t> bms_version; ///< a VE.Bus BMS has answered the 21/83 poll [V]
    std::optional<std::uint32_t> interface_version; ///< of the MK2/MK3
};

/// What the Multi reports. Optional values are empty until seen, and again when the Multi is not heard any
/// more.
struct LinkStatus {
    bool heard = false; ///< a good frame of the Multi within the timeout

    std::optional<MasterLed> master_led;
    std::optional<SwitchState> remote_mode; ///< bits 01 and 02: what remotes commanded [V]
    std::optional<SwitchState>
        front_mode; ///< bits 04 and 08; up = on, down = charger only by the switch's I/0/II [D]
    std::optional<SwitchState> active_mode; ///< bits 10 and 20: what all switches together give [V]
    bool digital_multi_control = false;     ///< one is on the bus: AC input configuration bit 3 [V]

    /// What another remote was last heard to command: a user's hand at a panel, a dongle, a GX, a Digital
    /// Multi Control. panel_changes counts the changes: many panels repeat themselves, and what is heard
    /// first within the timeout of a start is no change. panel_is_dmc: from another address than a remote's
    /// while a Digital Multi Control is there.
    std::optional<SwitchState> panel_mode;
    std::uint64_t panel_changes = 0;
    bool panel_is_dmc = false;

    /// The AC input relay: true on mains, false island; Condition byte 12 [R]. What it shows while the unit
    /// is off is not known.
    std::optional<bool> mains_present;
    std::optional<int> ac_input;        ///< active AC input, 0 or 1 [V]
    std::optional<int> ac_inputs;       ///< how many the unit has [V]
    std::optional<double> dc_voltage_v; ///< AcPhase [1], DcInfo [V], RAM variable 4 by its own scale [R]
    /// Above 0 when charging, all units together. Condition [R], RAM variable 5 by its own scale [R]; the
    /// sign [1]: in esp32ess it has the sign of the battery's own current.
    std::optional<double> dc_current_a;
    std::optional<double> highest_unit_current_a; ///< of the unit that charges most
    std::optional<std::uint8_t> device_state;     ///< AcInfo::device_state
    std::optional<std::uint8_t> device_substate;  ///< of charge, where it was asked for
    std::optional<std::uint32_t>
        venus_state;                ///< /State of the service that speaks for the Multi, if one does
    std::optional<int> vebus_error; ///< 0: none; bms/vebus/errors.hpp has the words
    /// The inverter LED blinks in antiphase: a VE.Bus error is shown [V]. Its number is the count of the
    /// blinks, which no raw frame carries: vebus_error is empty then, unless an MK3 told the number.
    bool error_shown = false;
    bool emergency_mode =
        false; ///< looks like a Multi that misses its BMS: only "mains on" is lit (M129, M130)

    /// The mode that is wanted now has been sent or waits, and the modes above were reported before that:
    /// they say nothing of it yet.
    bool mode_report_stale = false;
    bool mode_refused = false;          ///< max_tries switch commands did not show in the switch register
    Capability charge_stop;             ///< DisableCharge, setting 0 bit 6; the worst unit's
    Capability charge_limit;            ///< bulk current, setting 4; the worst unit's
    bool charge_order_in_force = false; ///< every unit acknowledged what the charge order needs
    Originals originals;

    LinkFindings found;

    /// Why nothing is sent, in words; empty when the link may send.
    std::string listen_only_reason;
    ListenOnly listen_only = ListenOnly::no;
    LinkStatistics statistics;
    FramerCounters framer;
};

class Link {
  public:
    Link() = default;
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    virtual ~Link() = default;

    /// What the Multi shall do; nullopt: send nothing.
    virtual void want(std::optional<Wanted>) = 0;
    /// How often an insisted mode is repeated, from now on.
    virtual void repeat_mode_every(Duration) = 0;
    /// Originals of an earlier run, to be given back when charging is allowed.
    virtual void restore_originals(const Originals&) = 0;
    /// The owner's word that the bus is in order again (a re-detect, another adapter): ends listen only, and
    /// the checks of a start are made again.
    virtual void resume() = 0;

    virtual void receive(ByteView, Instant now) = 0;
    /// The bytes to write now: one frame or nothing.
    virtual Bytes poll(Instant now) = 0;
    /// When poll() has something to do without new bytes.
    virtual Instant next_deadline() const = 0;

    virtual const LinkStatus& status() const = 0;
};

} // namespace bms::vebus
