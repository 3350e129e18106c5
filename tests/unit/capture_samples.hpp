// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Captures made for tests. Nobody outside Victron knows a BMS's info frame: what stands for one here is
// INVENTED, address, bytes and period.
#pragma once

#include "bms/capture/format.hpp"
#include "bms/vebus/codec.hpp"

#include <sstream>

namespace bms::capture::test {

inline Bytes bytes(const std::string& text) {
    std::istringstream in(text);
    Bytes all;
    for (std::string pair; in >> pair;) {
        all.push_back(static_cast<std::uint8_t>(std::stoul(pair, nullptr, 16)));
    }
    return all;
}

inline const Header header{.wire = Wire::vebus,
                           .baud = 256000,
                           .started = "2026-11-24T00:18:12Z",
                           .program = "0.1.0",
                           .port = "/dev/ttyTest"};

inline constexpr vebus::Address invented_bms_address{0x4B, 0x1E};

/// A bus as seen by a listener: a sync every 20 ms and, every 100 ms, an INVENTED frame of an INVENTED BMS
/// with flags, a counter, and a measurement that trembles.
class InventedBus {
  public:
    std::vector<Chunk> run(Duration length, std::uint8_t flags) {
        std::vector<Chunk> chunks;
        for (const Duration end = now + length; now < end; now += 20ms, ++cycle) {
            frame(chunks, vebus::multi_address,
                  vebus::Sync{.status = 0x51, .timestamp_90us = static_cast<std::uint16_t>(cycle * 222)});
            if (cycle % 5 == 0) {
                const auto counter = static_cast<std::uint8_t>(cycle / 5 % 8);
                const auto measured = static_cast<std::uint8_t>(0x80 + cycle / 5 % 3);
                frame(chunks, invented_bms_address, vebus::Unknown{{0x5C, flags, counter, measured}});
            }
        }
        return chunks;
    }

    Duration now{};

  private:
    void frame(std::vector<Chunk>& chunks, vebus::Address from, const vebus::Message& message) {
        number = vebus::next_number(number);
        chunks.push_back(
            {.at = now, .bytes = vebus::encode({.from = from, .number = number, .message = message})});
    }

    unsigned cycle = 0;
    std::uint8_t number = 0;
};

} // namespace bms::capture::test
