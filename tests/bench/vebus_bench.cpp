// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// vebus-bms-bench-vebus [--short]: what ./dev bench vebus runs. In virtual time but for the cost of decoding:
// the same seeds give the same table on any machine.
#include "sample.hpp"
#include "sim/mk3_front.hpp"
#include "sim/multiplus_model.hpp"
#include "support/virtual_wire.hpp"

#include "bms/mk2/mk3_link.hpp"
#include "bms/vebus/rs485_link.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <string_view>

namespace bms::bench {
namespace {

using vebus::Bytes;

constexpr Instant start{1h};
constexpr double report_period_ms =
    500; // of the simulated Multi's switch register; through an MK3 it is asked for
constexpr Duration gives_up = 30s;

/// What a veto of both sides asks for: the longest way, three requests and a switch command.
const vebus::Wanted vetoed{.mode = vebus::SwitchState::charger_only,
                           .charge = vebus::ChargeOrder::stop,
                           .limit_a = 0,
                           .insist = true};

struct Outcome {
    Sample verified_ms, frames;
    std::uint64_t skipped_syncs = 0, refused = 0, not_reached = 0, trials = 0;
};

/// The simulated Multi on its own bus.
struct Rs485 {
    explicit Rs485(std::uint32_t seed) : multi(start, seed) {}
    sim::Multiplus& peer() { return multi; }
    std::uint64_t refused() const { return multi.counters().rejected; }
    std::uint64_t eeprom_writes() const { return multi.system.eeprom_writes(); }

    vebus::Rs485Link link{{.transmit = true}};
    sim::Multiplus multi;
};

/// The same system behind an MK3.
struct Mk3 {
    explicit Mk3(std::uint32_t) {}
    sim::Mk3Front& peer() { return front; }
    static std::uint64_t refused() { return 0; }
    std::uint64_t eeprom_writes() const { return system.eeprom_writes(); }

    mk2::Mk3Link link{vebus::LinkSettings{.transmit = true}};
    sim::System system{start};
    sim::Mk3Front front{system, start};
};
/// 2400 baud, ten bits a byte.
constexpr Duration mk3_byte_time = Duration(1s) / (mk2::mk3_baud / 10);

template<typename Wired>
void trial(const test::Adapter& adapter, std::uint32_t seed, Outcome& outcome) {
    Wired wired(seed);
    auto& link = wired.link;
    test::VirtualWire wire(link, wired.peer(), adapter, start, seed);
    link.want(vebus::Wanted{});
    wire.run_until(30s, [&] { return link.status().found.done; });
    wire.run(10s + Duration(7919 * seed % 500'000) * 1000); // anywhere in a report period
    const auto sent = link.status().statistics.sent;
    const auto missed = link.status().statistics.missed_slots;
    const auto refused = wired.refused();
    const Instant wanted_at = wire.now;
    link.want(vetoed);
    const bool reached = wire.run_until(gives_up, [&] {
        return link.status().remote_mode == vetoed.mode && link.status().charge_order_in_force;
    });
    ++outcome.trials;
    outcome.not_reached += reached ? 0u : 1u;
    if (reached) {
        outcome.verified_ms.add(std::chrono::duration<double, std::milli>(wire.now - wanted_at).count());
    }
    outcome.frames.add(static_cast<double>(link.status().statistics.sent - sent));
    outcome.skipped_syncs += link.status().statistics.missed_slots - missed;
    outcome.refused += wired.refused() - refused;
}

void print_table_head(const std::string& title) {
    std::printf("\n%s\n%6s %10s %8s %8s %8s %10s %8s %9s %9s %12s\n", title.c_str(), "loss %", "jitter ms",
                "p50 ms", "p99 ms", "max ms", "p99/report", "frames", "skipped", "refused", "not reached");
}

void print_outcome(const test::Adapter& adapter, const Outcome& o, double period_ms) {
    const auto share = [&](std::uint64_t n) {
        return static_cast<double>(n) / static_cast<double>(o.trials);
    };
    std::printf("%6.0f %10lld ", adapter.loss * 100,
                static_cast<long long>(
                    std::chrono::duration_cast<std::chrono::milliseconds>(adapter.jitter).count()));
    if (o.verified_ms.size() == 0) {
        std::printf("%8s %8s %8s %10s ", "-", "-", "-", "-");
    } else {
        std::printf("%8.0f %8.0f %8.0f %10.1f ", o.verified_ms.at(0.5), o.verified_ms.at(0.99),
                    o.verified_ms.at(1), o.verified_ms.at(0.99) / period_ms);
    }
    std::printf("%8.1f %9.2f %9.2f %6llu of %llu\n", o.frames.at(0.5), share(o.skipped_syncs),
                share(o.refused), static_cast<unsigned long long>(o.not_reached),
                static_cast<unsigned long long>(o.trials));
}

template<typename Wired>
void table_of_reaching(const std::string& name, Duration byte_time, bool quick) {
    print_table_head(name +
                     ", from wanted (charger-only and its charger stopped) to verified; frames: median, "
                     "skipped and refused: a trial");
    const std::uint32_t trials = quick ? 40 : 400;
    for (const Duration jitter : {0ms, 5ms, 10ms, 15ms}) {
        for (const double loss : {0.0, 0.01, 0.05, 0.20}) {
            const test::Adapter adapter{.loss = loss, .jitter = jitter, .byte_time = byte_time};
            Outcome outcome;
            for (std::uint32_t seed = 1; seed <= trials; ++seed) {
                trial<Wired>(adapter, seed, outcome);
            }
            print_outcome(adapter, outcome, report_period_ms);
        }
    }
}

/// What a Multi says in a minute, in frames as they come from an adapter.
std::vector<Bytes> a_minute_of_traffic() {
    sim::Multiplus multi(start);
    std::vector<Bytes> chunks;
    for (Instant now = start; now < start + 1min; now = multi.next_deadline()) {
        if (Bytes bytes = multi.poll(now); !bytes.empty()) {
            chunks.push_back(std::move(bytes));
        }
    }
    return chunks;
}

/// Of the processor, not of the wall clock.
template<typename Work>
double seconds_of(Work work) {
    const std::clock_t begun = std::clock();
    work();
    return static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
}

/// The line carries 25,600 bytes a second when it is full. Baseline: adding the bytes up.
void cost_of_decoding(bool quick) {
    constexpr double full_line_bytes_per_s = 25'600;
    const auto traffic = a_minute_of_traffic();
    const int rounds = quick ? 20 : 200;
    std::size_t bytes = 0;
    std::uint64_t frames = 0;
    std::uint64_t sum = 0;
    for (const Bytes& chunk : traffic) {
        bytes += chunk.size();
    }
    const double adding = seconds_of([&] {
        for (int i = 0; i < rounds; ++i) {
            for (const Bytes& chunk : traffic) {
                sum = std::accumulate(chunk.begin(), chunk.end(), sum);
            }
        }
    });
    const double framing = seconds_of([&] {
        vebus::Framer framer;
        for (int i = 0; i < rounds; ++i) {
            for (const Bytes& chunk : traffic) {
                frames += framer.push(chunk).size();
            }
        }
    });
    const double linking = seconds_of([&] {
        vebus::Rs485Link link({.transmit = true});
        Instant now = start;
        for (int i = 0; i < rounds; ++i) {
            for (const Bytes& chunk : traffic) {
                link.receive(chunk, now += 8ms);
            }
        }
    });
    const double all_bytes = static_cast<double>(bytes) * rounds;
    const auto share = [&](double s) { return 100 * s / (all_bytes / full_line_bytes_per_s); };
    std::printf("\ndecoding, %llu frames (byte sum %llu)\n", static_cast<unsigned long long>(frames),
                static_cast<unsigned long long>(sum % 1000));
    print_figure("framer and codec, a frame", framing * 1e9 / static_cast<double>(frames), "ns");
    print_figure("the same, against adding the bytes up", framing / adding, "x");
    print_figure("framer and codec at full line rate", share(framing), "% of a core", 0.1);
    print_figure("the whole link at full line rate", share(linking), "% of a core", 0.1);
}

std::optional<vebus::WriteById> write_in(const Rs485&, const Bytes& wire) {
    const auto frame = std::get<vebus::Frame>(vebus::decode(wire));
    const auto* write = std::get_if<vebus::WriteById>(&frame.message);
    return write ? std::optional(*write) : std::nullopt;
}

std::optional<vebus::WriteById> write_in(const Mk3&, const Bytes& wire) {
    const auto frame = std::get<mk2::Frame>(mk2::decode(wire));
    const auto* winmon = std::get_if<mk2::Winmon>(&frame.message);
    const auto* write = winmon ? std::get_if<vebus::WriteById>(&winmon->message) : nullptr;
    return write ? std::optional(*write) : std::nullopt;
}

/// Twenty vetoes a day. Days pass between them, the bus is alive around each of them.
template<typename Wired>
void a_year_of_events(const char* name, Duration byte_time, bool quick) {
    const int events = 20 * (quick ? 30 : 365);
    Wired wired(1);
    test::VirtualWire wire(wired.link, wired.peer(), {.loss = 0.01, .jitter = 1ms, .byte_time = byte_time},
                           start, 1);
    std::uint64_t writes = 0;
    std::uint64_t lasting = 0;
    wire.on_sent = [&](const Bytes& bytes) {
        if (const auto write = write_in(wired, bytes)) {
            ++writes;
            lasting += write->ram_only ? 0u : 1u;
        }
    };
    for (int i = 0; i < events; ++i) {
        wired.link.want(i % 2 == 0 ? vetoed : vebus::Wanted{});
        wire.run(byte_time == Duration::zero() ? 3s : 8s); // an interface is set up again after a silence
        wire.skip(70min);
    }
    std::printf("\n%s, %d events, a %s\n", name, events, quick ? "month" : "year");
    print_figure("settings written, RAM only", static_cast<double>(writes - lasting), "");
    print_figure("settings written to EEPROM", static_cast<double>(lasting), "", 0);
    print_figure("EEPROM writes counted by the Multi", static_cast<double>(wired.eeprom_writes()), "", 0);
}

} // namespace
} // namespace bms::bench

int main(int argc, char** argv) {
    const bool quick = argc == 2 && std::string_view(argv[1]) == "--short";
    if (argc > 2 || (argc == 2 && !quick)) {
        std::fputs("usage: vebus-bms-bench-vebus [--short]\n", stderr);
        return 2;
    }
    bms::bench::cost_of_decoding(quick);
    using namespace bms::bench;
    constexpr auto no_time = bms::Duration::zero();
    table_of_reaching<Rs485>("rs485", no_time, quick);
    table_of_reaching<Mk3>("mk3", mk3_byte_time, quick);
    a_year_of_events<Rs485>("rs485", no_time, quick);
    a_year_of_events<Mk3>("mk3", mk3_byte_time, quick);
    return 0;
}
