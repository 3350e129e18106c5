// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A MultiPlus on a raw VE.Bus, as far as its behaviour is public: the world, with no decision of a BMS in it.
// Time and bytes in, bytes and a deadline out; no I/O. It shares the codec with the daemon, nothing else.
//
// Chosen by us, where no source says: 80 every 200 ms, 41 every 500 ms, their places in the cycle, the
// battery.
#pragma once

#include "bms/time.hpp"
#include "bms/vebus/framer.hpp"

#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace bms::sim {

class Multiplus {
  public:
    enum class State { off, charging, inverting, passthru };

    /// On the bus from start on, mains present, front switch and remote on. seed: of the garbling.
    explicit Multiplus(Instant start, std::uint32_t seed = 1);

    void receive(vebus::ByteView, Instant now);
    /// What goes on the bus up to now. Called late, it leaves out the cycles it missed.
    vebus::Bytes poll(Instant now);
    Instant next_deadline() const { return next_at; }

    /// Every value by name, in the order in which people want to read them.
    std::vector<std::pair<std::string, std::string>> get() const;
    /// nullopt: done; else what is accepted.
    std::optional<std::string> set(const std::string& name, const std::string& value);

  private:
    /// What is sent in a cycle, in this order, each at its offset from the sync.
    enum class Step { sync, ac_phase, reply, condition, master_led };

    void begin_cycle(Instant now);
    void next_step();
    void run(Step, Instant now, vebus::Bytes& out);
    void send(const vebus::Message&, vebus::Bytes& out);
    void take(const vebus::Framer::Item&, Instant now);
    void accept(const vebus::Message&);
    void reject(std::string why);
    vebus::Message read_setting(const vebus::ReadSetting&) const;
    vebus::Message write_setting(const vebus::WriteById&);
    std::uint16_t setting(std::uint16_t number) const;
    void follow_switches(Instant now);
    bool front_lets_invert() const { return front == "on"; }
    bool front_lets_charge() const { return front != "off"; }
    bool charger_on() const { return remote_charge && front_lets_charge(); }
    bool inverter_on() const { return remote_invert && front_lets_invert(); }
    int charge_current_a() const;
    vebus::MasterLed master_led() const;
    vebus::Condition condition() const;
    vebus::AcPhase ac_phase() const;
    bool garbled() { return static_cast<int>(random() % 100) < garble_percent; }

    std::string front = "on";
    std::string battery = "charging";
    bool mains = true;
    bool mute = false;
    bool standby = false;
    bool settings_supported = true;
    int garble_percent = 0;
    std::mt19937 random;

    bool remote_charge = true;
    bool remote_invert = true;
    State state = State::charging;
    bool awake = true;
    Instant off_since = Instant::min();
    std::map<std::uint16_t, std::uint16_t> eeprom;
    std::map<std::uint16_t, std::uint16_t> ram; ///< in force, but not what a read gives [1]

    vebus::Framer framer;
    Instant cycle_start;
    std::uint64_t cycle = 0;
    Step step = Step::sync;
    Instant next_at;
    std::uint8_t last_number = 0;
    bool slot_open = false;
    struct Reply {
        vebus::Message message;
        std::uint64_t cycle;
    };
    std::optional<Reply> reply;
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    std::uint64_t eeprom_writes = 0;
    std::string last_reject = "none";
};

} // namespace bms::sim
