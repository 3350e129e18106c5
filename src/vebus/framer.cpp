// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/framer.hpp"

#include <utility>

namespace bms::vebus {

std::vector<Framer::Item> Framer::push(ByteView bytes) {
    std::vector<Item> items;
    for (const std::uint8_t byte : bytes) {
        quiet_after_frame = false;
        if (buffer.size() < max_frame_bytes) {
            buffer.push_back(byte);
        } else {
            overflow = true;
            ++counted.garbage_bytes;
        }
        if (byte == end_of_frame) {
            if (auto item = finish()) {
                items.push_back(*std::move(item));
            }
        }
    }
    return items;
}

std::optional<Framer::Item> Framer::finish() {
    Item item{.decoded = overflow ? Decoded(Reject::too_long) : decode(buffer),
              .wire = std::exchange(buffer, {})};
    overflow = false;
    if (const auto* frame = std::get_if<Frame>(&item.decoded)) {
        quiet_after_frame = true;
        ++counted.frames;
        if (frame->from != multi_address && frame->from != remote_address) {
            ++counted.unknown_address;
        }
        return item;
    }
    counted.garbage_bytes += item.wire.size();
    if (item.wire.size() == 1) {
        return std::nullopt; // an FF alone is what an idle or floating line looks like, not a broken frame
    }
    ++counted.rejected[static_cast<std::size_t>(std::get<Reject>(item.decoded))];
    return item;
}

} // namespace bms::vebus
