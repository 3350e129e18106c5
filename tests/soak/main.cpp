// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// vebus-bms-soak [--short]: what ./dev soak dbus runs. 0: memory stays; 1: it grows; 2: the soak is broken.
#include "bench/bus_client.hpp"
#include "bench/sample.hpp"
#include "bench/world.hpp"
#include "soak/questions.hpp"
#include "support/places.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string_view>

namespace bms::soak {
namespace {

using namespace std::chrono_literals;
using bench::BusClient;
using bench::Clock;
using bench::Process;
using bench::World;

constexpr double most_growth_kb = 256;
constexpr int services_at_once = 100;
constexpr auto rest = 2s; ///< before memory is read: what is on its way has arrived

struct Extent {
    int warm_up_questions, questions;
    int warm_up_losses, losses; ///< of the bus
};
constexpr Extent whole{100'000, 1'000'000, 10, 100};
constexpr Extent quick{50'000, 100'000, 4, 8};

class Soak {
  public:
    explicit Soak(Extent extent)
        : extent_(extent),
          world_(bms::test::in_build("")),
          daemon_(world_.daemon("src/app/vebus-bmsd", "soaked", bench::Around::with_bus_and_multi)),
          services_(std::make_unique<Process>(std::vector<std::string>{world_.program("tests/soak-services"),
                                                                       std::to_string(services_at_once),
                                                                       World::other_name("many")},
                                              world_.file("services.log"))) {}

    /// Whether memory stayed within its bound everywhere.
    bool run() {
        wait_for_all();
        ask(extent_.warm_up_questions);
        lose_bus(extent_.warm_up_losses);
        const long daemon_before = resident(*daemon_), services_before = resident(*services_);
        ask(extent_.questions);
        report("vebus-bmsd after " + std::to_string(extent_.questions) + " GetValue and SetValue", *daemon_,
               daemon_before);
        lose_bus(extent_.losses);
        const auto times = std::to_string(extent_.losses);
        report("vebus-bmsd after " + times + " reconnects as well", *daemon_, daemon_before);
        report(std::to_string(services_at_once) + " services after " + times + " reconnects each", *services_,
               services_before);
        return stays_;
    }

  private:
    void pass(Clock::duration time) {
        world_.board().serve(Clock::now() + time, [] { return false; });
    }

    long resident(const Process& process) {
        pass(rest);
        return process.status("VmRSS");
    }

    void report(const std::string& name, const Process& process, long before) {
        const long now = resident(process);
        const auto grown = static_cast<double>(now - before);
        bench::print_figure(name + ", grown", grown, "kB", most_growth_kb);
        bench::print_note("  from " + std::to_string(before) + " to " + std::to_string(now) + " kB resident");
        stays_ = stays_ && grown <= most_growth_kb;
    }

    void ask(int times) {
        Questions questions(World::bus_name("soaked"));
        world_.board().watch(questions.descriptor());
        const auto begin = Clock::now();
        const bool done =
            world_.board().serve(begin + 20min, [&] { return questions.ask_and_receive(times); });
        world_.board().watch(-1);
        if (!done) {
            throw std::runtime_error("the questions were not answered within 20 minutes");
        }
    }

    /// Killed as often; every service is on the bus again before the next time.
    void lose_bus(int times) {
        for (int i = 0; i < times; ++i) {
            world_.bus().kill();
            world_.bus().start();
            wait_for_all();
        }
    }

    void wait_for_all() {
        BusClient client;
        const auto deadline = Clock::now() + 90s;
        const auto all = [&] {
            return client.owned_below(World::other_name("many")) == services_at_once &&
                   client.owned(World::bus_name("soaked"));
        };
        bool there = false;
        while (!(there = all()) && Clock::now() < deadline) {
            pass(20ms);
        }
        if (!there) {
            throw std::runtime_error("not every service came onto the bus within 90 s");
        }
    }

    const Extent extent_;
    World world_;
    std::unique_ptr<Process> daemon_, services_;
    bool stays_ = true;
};

} // namespace
} // namespace bms::soak

int main(int argc, char** argv) {
    const bool is_quick = argc == 2 && std::string_view(argv[1]) == "--short";
    if (argc > 2 || (argc == 2 && !is_quick)) {
        std::fputs("usage: vebus-bms-soak [--short]\n", stderr);
        return 2;
    }
    try {
        return bms::soak::Soak(is_quick ? bms::soak::quick : bms::soak::whole).run() ? 0 : 1;
    } catch (const std::exception& broken) {
        std::fprintf(stderr, "soak: broken: %s\n", broken.what());
        return 2;
    }
}
