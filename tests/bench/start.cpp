// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "figures.hpp"
#include "sample.hpp"

#include <memory>
#include <stdexcept>
#include <systemd/sd-bus.h>

namespace bms::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto debounce_closed = 500ms; // the default: the name waits for the first debounced round

/// Sees a name appear on the bus.
class NameWatch {
  public:
    explicit NameWatch(const std::string& name) {
        sd_bus* opened = nullptr;
        if (sd_bus_open_user(&opened) < 0) {
            throw std::runtime_error("the bus of the bench does not answer");
        }
        bus_.reset(opened);
        const std::string rule =
            "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" + name + "'";
        if (sd_bus_add_match(bus_.get(), nullptr, rule.c_str(), &NameWatch::changed, this) < 0) {
            throw std::runtime_error("the bus of the bench takes no match rule");
        }
    }

    int descriptor() const { return sd_bus_get_fd(bus_.get()); }
    bool owned() {
        while (sd_bus_process(bus_.get(), nullptr) > 0) {
        }
        return owned_at_ != Clock::time_point{};
    }
    Clock::time_point owned_at() const { return owned_at_; }

  private:
    static int changed(sd_bus_message* message, void* self, sd_bus_error*) {
        const char *name = nullptr, *before = nullptr, *after = nullptr;
        sd_bus_message_read(message, "sss", &name, &before, &after);
        static_cast<NameWatch*>(self)->owned_at_ = *after != '\0' ? Clock::now() : Clock::time_point{};
        return 0;
    }

    struct Close {
        void operator()(sd_bus* bus) const { sd_bus_unref(bus); }
    };
    std::unique_ptr<sd_bus, Close> bus_;
    Clock::time_point owned_at_{};
};

double to_ms(Clock::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

} // namespace

void measure_start(World& world, bool quick) {
    Sample to_inputs, to_name;
    Board& board = world.board();
    for (int i = 0; i < (quick ? 5 : 20); ++i) {
        NameWatch watch(World::bus_name("start"));
        board.watch(watch.descriptor());
        const auto client = board.next_client();
        const auto begin = Clock::now();
        const auto daemon = world.daemon("src/app/vebus-bmsd", "start", Around::with_bus_and_multi);
        const bool named = board.serve(begin + 10s, [&] { return watch.owned(); });
        board.watch(-1);
        if (!named || !board.inputs_granted(client)) {
            throw std::runtime_error("vebus-bmsd was not on the bus within 10 s of its start");
        }
        to_inputs.add(to_ms(*board.inputs_granted(client) - begin));
        to_name.add(to_ms(watch.owned_at() - begin - debounce_closed));
    }
    print_head("start of vebus-bmsd", "ms");
    print_sample("until all inputs are read", to_inputs);
    print_sample("until the name is on the bus, less 500 ms debounce", to_name);
    print_figure("p50 until all inputs are read", to_inputs.at(0.5), "ms", 50);
    print_figure("p50 until the name is on the bus, less the debounce", to_name.at(0.5), "ms", 100);
}

} // namespace bms::bench
