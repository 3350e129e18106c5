// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// One debounced line: edges at any time, looked at at any time.
#include "bms/core/debounce.hpp"

#include "support/input.hpp"

using namespace bms::core;
using bms::Instant;
using bms::Millis;
using bms::fuzz::require;
using bms::fuzz::Script;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Script script({data, size});
    const DebounceTimes times{.to_inactive = Millis(script.byte()), .to_active = Millis(script.word())};
    Debouncer line;
    LineReading reading;
    Instant now{};
    while (!script.done()) {
        const std::uint8_t what = script.byte();
        now += Millis(what / 3);
        const auto level = static_cast<Level>(what % 3);
        if (level != reading.level) {
            reading = {level, now};
        }
        const auto before = line.value;
        line.update(reading, times, now);
        const bool active = level == Level::active;
        const auto stood = now - reading.since, needed = active ? times.to_active : times.to_inactive;
        require(level != Level::unknown || !line.value, "a lost line has a value");
        require(level == Level::unknown || line.value == before || line.value == active,
                "a value nobody read");
        require(level == Level::unknown || stood < needed || line.value == active, "it is late");
        require(level == Level::unknown || stood >= needed || line.value == before, "it is early");
        const Instant due = line.next_deadline(times);
        require(due == bms::never || due > now, "a deadline that is over");
        Debouncer later = line;
        if (due != bms::never) {
            later.update(reading, times, due);
            require(later.value == active && later.next_deadline(times) == bms::never,
                    "its deadline is too early");
        }
    }
    return 0;
}
