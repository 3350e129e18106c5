// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The raw VE.Bus link to one Multi. The send rule and what is known of the protocol: src/vebus/README.md.
#pragma once

#include "bms/vebus/framer.hpp"
#include "bms/vebus/info_frames.hpp"
#include "bms/vebus/link.hpp"
#include "bms/vebus/ram_setting.hpp"

namespace bms::vebus {

class Rs485Link final : public Link {
  public:
    /// info: what a BMS says of itself, and outlives the link; nullptr: we say nothing of the kind.
    explicit Rs485Link(LinkSettings, Originals = {}, InfoFrames* info = nullptr);
    Rs485Link(const Rs485Link&) = delete;
    Rs485Link& operator=(const Rs485Link&) = delete;

    /// What the Multi shall do; nullopt: send nothing.
    void want(std::optional<Wanted>) override;
    /// How often an insisted mode is repeated, from now on.
    void repeat_mode_every(Duration) override;
    /// Originals of an earlier run, to be given back when charging is allowed.
    void restore_originals(const Originals&) override;
    /// The owner's word that the bus is in order again; ends listen only.
    void resume() override;

    void receive(ByteView, Instant now) override;
    /// The bytes to write now: one frame or nothing.
    Bytes poll(Instant now) override;
    /// When poll() has something to do without new bytes.
    Instant next_deadline() const override;

    const LinkStatus& status() const override { return seen; }

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
    struct Answer {
        InfoFrame frame;
        Instant asked_at;
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
    void take_poll(const Message&, Instant now);
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
    std::optional<InfoFrame> next_info(Instant now);
    std::optional<Frame> next_frame(Instant now);
    void refresh();

    LinkSettings settings;
    InfoFrames* info;
    std::optional<Answer> answer; ///< to a poll, waiting for its slot
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
