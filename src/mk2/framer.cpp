// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/mk2/framer.hpp"

#include <utility>

namespace bms::mk2 {

std::vector<Framer::Item> Framer::push(ByteView bytes) {
    std::vector<Item> items;
    for (const std::uint8_t byte : bytes) {
        buffer.push_back(byte);
        while (auto item = next()) {
            items.push_back(*std::move(item));
        }
    }
    return items;
}

std::vector<Framer::Item> Framer::silence() {
    std::vector<Item> items;
    while (!buffer.empty()) {
        drop(Reject::cut_short);
        while (auto item = next()) {
            items.push_back(*std::move(item));
        }
    }
    return items;
}

/// Drops what cannot begin a frame; the frame at the beginning of what is left, when it is complete.
std::optional<Framer::Item> Framer::next() {
    while (!buffer.empty()) {
        const std::size_t counted_bytes = buffer.front() & 0x7F;
        if (counted_bytes < min_counted || counted_bytes > max_counted) {
            drop(Reject::bad_length);
            continue;
        }
        if (buffer.size() > 1 && !is_head(buffer[1])) {
            drop(Reject::bad_head);
            continue;
        }
        if (buffer.size() < counted_bytes + 2) {
            return std::nullopt;
        }
        const auto end = buffer.begin() + static_cast<std::ptrdiff_t>(counted_bytes + 2);
        Bytes wire(buffer.begin(), end);
        Decoded decoded = decode(wire);
        if (auto* frame = std::get_if<Frame>(&decoded)) {
            buffer.erase(buffer.begin(), end);
            in_garbage = false;
            ++counted.frames;
            return Item{.frame = std::move(*frame), .wire = std::move(wire)};
        }
        drop(std::get<Reject>(decoded));
    }
    return std::nullopt;
}

void Framer::drop(Reject reason) {
    if (!std::exchange(in_garbage, true)) {
        ++counted.rejected[static_cast<std::size_t>(reason)];
    }
    ++counted.garbage_bytes;
    buffer.erase(buffer.begin());
}

} // namespace bms::mk2
