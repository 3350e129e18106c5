// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The raw VE.Bus link to one Multi: frames, slots, numbers and echoes. What is said in them is Dialogue's.
// The send rule and what is known of the protocol: src/vebus/README.md.
#pragma once

#include "bms/vebus/bus_health.hpp"
#include "bms/vebus/dialogue.hpp"
#include "bms/vebus/framer.hpp"
#include "bms/vebus/info_frames.hpp"
#include "bms/vebus/link.hpp"

namespace bms::vebus {

class Rs485Link final : public Link {
  public:
    /// info: what a BMS says of itself, and outlives the link; nullptr: we say nothing of the kind.
    explicit Rs485Link(LinkSettings, const Originals& = {}, InfoFrames* info = nullptr);
    Rs485Link(const Rs485Link&) = delete;
    Rs485Link& operator=(const Rs485Link&) = delete;

    void want(std::optional<Wanted> wanted) override { dialogue.want(wanted); }
    void repeat_mode_every(Duration interval) override { dialogue.repeat_mode_every(interval); }
    void restore_originals(const Originals& originals) override { dialogue.restore_originals(originals); }
    void resume() override;

    void receive(ByteView, Instant now) override;
    Bytes poll(Instant now) override;
    Instant next_deadline() const override { return dialogue.next_deadline(); }

    const LinkStatus& status() const override { return dialogue.status(); }

  private:
    struct Slot {
        Instant last_sync = Instant::min();
        std::int64_t clean_syncs = 0;
        std::int64_t syncs_since_send = 2;
        bool sync_was_last = false;
        std::uint8_t last_number = 0;
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

    void take(const Framer::Item&, Instant now);
    void take_frame(const Frame&, Instant now);
    void take_multi(const Message&, Instant now);
    void take_remote(const Message&, Instant now);
    void take_stranger(const Frame&, Instant now);
    void take_poll(const Message&, Instant now);
    void take_sync(Instant now);
    bool check_echo(const Framer::Item&, Instant now);
    void echo_mismatch(Instant now);
    void watch_health(bool good, Instant now);
    void stop(ListenOnly, std::string why, Instant now);
    bool slot_ready() const;
    bool something_due(Instant now) const;
    std::optional<InfoFrame> next_info(Instant now);
    std::optional<Frame> next_frame(Instant now);

    LinkSettings settings;
    InfoFrames* info;
    std::optional<Answer> answer; ///< to a poll, waiting for its slot
    Framer framer;
    Dialogue dialogue;
    Slot slot;
    BusHealth health;
    std::optional<Bytes> echo_of;
    Address echo_from;   ///< its sender: we, or the BMS of a profile
    bool echoes = false; ///< this adapter hears itself
    int mismatches = 0;
    Stranger stranger;
};

} // namespace bms::vebus
