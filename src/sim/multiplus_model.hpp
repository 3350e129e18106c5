// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A MultiPlus on a raw VE.Bus, as far as its behaviour is public: the world, with no decision of a BMS in it.
// Time and bytes in, bytes and a deadline out; no I/O. It shares the codec with the daemon, nothing else.
//
// Chosen by us, where no source says: how often 80 and 41 come and their places in the cycle, the battery,
// the addresses of other units and devices. src/sim/README.md says which of the names stand for something
// chosen.
#pragma once

#include "sim/system_model.hpp"

#include "bms/vebus/framer.hpp"

#include <random>
#include <utility>

namespace bms::sim {

class Multiplus {
  public:
    /// On the bus from start on, mains present, front switch and remote on. seed: of everything that is left
    /// to chance.
    explicit Multiplus(Instant start, std::uint32_t seed = 1);

    void receive(vebus::ByteView, Instant now);
    /// What goes on the bus up to now. Called late, it leaves out the cycles it missed.
    vebus::Bytes poll(Instant now);
    Instant next_deadline() const;

    /// Every value by name, in the order in which people want to read them.
    std::vector<std::pair<std::string, std::string>> get() const;
    /// nullopt: done; else what is accepted. The world is changed at once; what follows shows with the next
    /// cycle.
    std::optional<std::string> set(const std::string& name, const std::string& value);

    System system;

    struct Counters {
        std::uint64_t accepted = 0;
        std::uint64_t rejected = 0;
        std::uint64_t lost_to_multi = 0;
        std::uint64_t lost_from_multi = 0;
        std::string last_reject = "none";
    };
    const Counters& counters() const { return counted; }

  private:
    /// What is sent in a cycle, in this order, each at its offset from the sync.
    enum class Step { sync, remotes, ac_phase, reply, condition, master_led, infos };
    enum class Way { to_multi, from_multi };
    struct Delayed {
        Instant due;
        vebus::Bytes bytes;
    };
    struct Reply {
        vebus::Address from;
        vebus::Message message;
        std::uint64_t cycle;
    };
    struct Talker {
        std::string told = "absent"; ///< what it last said
        Instant at = Instant::min();
    };

    Duration cycle_time() const;
    Instant at(Step) const;
    bool every(int period_ms) const;
    void begin_cycle(Instant now);
    void next_step();
    void run(Step, Instant now);
    void say_condition(Instant now);
    void say_infos(Instant now);
    void say_remote(Instant now);
    bool talks(Talker&, const std::string& position, Remote, Instant now);
    void send(vebus::Address from, const vebus::Message&, Instant now);
    void on_the_bus(vebus::ByteView, Instant now);
    void take(const vebus::Framer::Item&, Instant now);
    void accept(const vebus::Message&, Instant now);
    void reject(std::string why);
    bool is_bms_info(const vebus::Message&) const;
    bool chance(int percent);
    bool loses(Way);
    bool spoils(Way);
    void spoil(vebus::Bytes& wire);
    Instant arrives(Instant now, const std::deque<Delayed>&);

    std::mt19937 random;
    vebus::Framer framer;
    Instant cycle_start;
    std::uint64_t cycle = 0;
    Step step = Step::sync;
    Instant next_at;
    std::uint8_t last_number = 0;
    bool slot_open = false;
    std::optional<Reply> reply;
    Talker gx, dongle, dmc;
    std::deque<Delayed> to_bus, to_host;
    Counters counted;
};

/// One row for each name of get() and set(), for the help and the README. accepts is empty when it is only to
/// look at.
struct NameRow {
    std::string name, accepts, meaning;
};
std::vector<NameRow> multiplus_names();

} // namespace bms::sim
