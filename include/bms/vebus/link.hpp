// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The raw VE.Bus link to one Multi: bytes and time in, bytes and a deadline out, no I/O.
//
// The owner calls receive() when bytes came, poll() right after it and again at next_deadline(), and writes
// what poll() returns at once. The send rule and what is known of the protocol: src/vebus/README.md.
#pragma once

#include "bms/vebus/framer.hpp"
#include "bms/vebus/ram_setting.hpp"

#include <string>

namespace bms::vebus {

/// Defaults are those of the send rule; tests and slow adapters change them.
struct LinkSettings {
    bool transmit = false;          ///< false: listen only
    bool several_units = false;     ///< go on although unknown addresses talk (untested anywhere)
    Duration send_window = 10ms;    ///< a sync older than this opens no slot any more
    Duration timeout = 10s;         ///< without a frame of the Multi for so long it is not heard
    Duration reply_timeout = 100ms; ///< replies come after 25..43 ms [1]
    int min_clean_syncs = 3;        ///< in a row before anything is sent
    int max_tries = 3;              ///< of a request without reply, and of a switch command without effect
    Duration repeat_mode = 1s;      ///< switch command: repeated, and tried again
    Duration repeat_charge = 10s;   ///< charge settings: repeated, and tried again
};

enum class ChargeOrder { allow, reduce, stop };

struct Wanted {
    SwitchState mode = SwitchState::on;
    ChargeOrder charge = ChargeOrder::allow;
    std::uint16_t limit_a = 0; ///< with reduce: the largest bulk current of the unit
    bool insist = false;       ///< a veto is active: the mode is repeated even when acknowledged
    bool operator==(const Wanted&) const = default;
};

/// What we changed in the Multi's RAM and owe it back. Kept by the owner over a restart.
struct Originals {
    std::optional<std::uint16_t> flags0{};         ///< setting 0
    std::optional<std::uint16_t> bulk_current_a{}; ///< setting 4
    bool operator==(const Originals&) const = default;
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
    std::uint64_t acknowledged =
        0; ///< replies to our requests, and switch commands seen in the switch register
    std::uint64_t retries = 0;
    std::uint64_t timeouts = 0; ///< given up after max_tries
    std::uint64_t missed_slots =
        0; ///< something was to be sent, and the slot closed before poll() was called
    std::uint64_t echoes = 0;
    std::uint64_t echo_mismatches = 0;
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

    /// The AC input relay: true on mains, false island; Condition byte 12 [R]. What it shows while the unit
    /// is off is not known.
    std::optional<bool> mains_present;
    std::optional<double> dc_voltage_v; ///< AcPhase [1], DcInfo [V]
    /// Above 0 when charging. Condition [R]; the sign [1]: in esp32ess it has the sign of the battery's own
    /// current.
    std::optional<double> dc_current_a;
    std::optional<std::uint8_t> device_state; ///< AcInfo::device_state

    bool mode_refused = false;          ///< max_tries switch commands did not show in the switch register
    Capability charge_stop;             ///< DisableCharge, setting 0 bit 6
    Capability charge_limit;            ///< bulk current, setting 4
    bool charge_order_in_force = false; ///< the Multi acknowledged what the charge order needs
    Originals originals;

    /// Why nothing is sent, in words; empty when the link may send.
    std::string listen_only_reason;
    LinkStatistics statistics;
    FramerCounters framer;
};

class BmsLink {
  public:
    explicit BmsLink(LinkSettings, Originals = {});
    BmsLink(const BmsLink&) = delete;
    BmsLink& operator=(const BmsLink&) = delete;

    /// What the Multi shall do; nullopt: send nothing.
    void want(std::optional<Wanted>);
    /// How often an insisted mode is repeated, from now on.
    void repeat_mode_every(Duration);
    /// Originals of an earlier run, to be given back when charging is allowed.
    void restore_originals(const Originals&);
    /// The owner's word that the bus is in order again; ends listen only.
    void resume();

    void receive(ByteView, Instant now);
    /// The bytes to write now: one frame or nothing.
    Bytes poll(Instant now);
    /// When poll() has something to do without new bytes.
    Instant next_deadline() const;

    const LinkStatus& status() const { return seen; }

  private:
    struct Slot {
        Instant last_sync = Instant::min();
        std::int64_t clean_syncs = 0;
        std::int64_t syncs_since_send = 2;
        bool sync_was_last = false;
        std::uint8_t last_number = 0;
    };
    struct Request {
        RamSetting* setting;
        std::uint8_t id;
        Instant at;
    };
    struct ModeTry {
        std::optional<Instant> sent_at; ///< since it was wanted
        bool reached = false;           ///< shown by the Multi since it was wanted
        int tries = 0;
    };
    struct Stranger {
        Address address{};
        Instant since{};
        int frames = 0;
    };
    struct Second {
        Instant started = Instant::min();
        std::uint64_t frames = 0;
        std::uint64_t rejects = 0;
    };

    void take(const Framer::Item&, Instant now);
    void take_frame(const Frame&, Instant now);
    void take_stranger(Address, Instant now);
    void take_multi(const Message&, Instant now);
    void take_sync(Instant now);
    void take_master_led(const MasterLed&, Instant now);
    void take_condition(const Condition&);
    void take_device(const DeviceInfo&);
    void take_reply(std::uint8_t id, const Message&, Instant now);
    bool check_echo(const Framer::Item&);
    void echo_mismatch();
    void watch_for_storm(bool good, Instant now);
    void expire(Instant now);
    void lost();
    void listen_only(std::string reason);
    void order_charge();
    bool slot_ready() const;
    bool something_due(Instant now) const;
    bool mode_due(Instant now) const;
    std::optional<Message> next_message(Instant now);
    void refresh();

    LinkSettings settings;
    Framer framer;
    LinkStatus seen;
    std::optional<Wanted> wanted;
    RamSetting flags0;
    RamSetting bulk_current;
    Slot slot;
    ModeTry mode;
    std::optional<Instant> last_switch_at; ///< our last switch command, whatever is wanted now
    bool report_settled = false;           ///< the reported mode is the result of all we sent
    std::optional<Request> request;
    std::optional<Bytes> echo_of;
    bool echoes = false; ///< this adapter hears itself
    int mismatches = 0;
    std::optional<Instant> last_heard;
    Second second;
    Stranger stranger;
    std::uint8_t request_id = 0;
};

} // namespace bms::vebus
