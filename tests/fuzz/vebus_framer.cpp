// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Bytes as a serial port gives them. The first byte of the input cuts the rest into pieces.
#include "support/input.hpp"

#include "bms/vebus/framer.hpp"

#include <algorithm>

using namespace bms::vebus;
using bms::fuzz::require;

namespace {

void check(const Framer::Item& item) {
    require(!item.wire.empty() && item.wire.size() <= max_frame_bytes,
            "an item is longer than a frame can be");
    if (const auto* frame = std::get_if<Frame>(&item.decoded)) {
        require(frame->number < frame_numbers, "a frame number above 127");
        require(encode(*frame) == item.wire, "a frame is written differently than it was read");
    }
}

std::vector<Framer::Item> push_in_pieces(Framer& framer, ByteView stream, std::size_t piece) {
    std::vector<Framer::Item> items;
    for (; !stream.empty(); stream = stream.subspan(std::min(piece, stream.size()))) {
        for (auto& item : framer.push(stream.first(std::min(piece, stream.size())))) {
            items.push_back(std::move(item));
        }
    }
    return items;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const ByteView stream(data + 1, size - 1);
    Framer whole;
    Framer cut;
    const auto items = whole.push(stream);
    const auto items_cut = push_in_pieces(cut, stream, 1U + data[0] % 16U);

    require(items.size() == items_cut.size(), "cutting the stream changes the number of items");
    std::uint64_t frames = 0;
    std::uint64_t frame_bytes = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        check(items[i]);
        require(items[i].decoded == items_cut[i].decoded && items[i].wire == items_cut[i].wire,
                "cutting the stream changes an item");
        if (std::holds_alternative<Frame>(items[i].decoded)) {
            ++frames;
            frame_bytes += items[i].wire.size();
        }
    }
    const FramerCounters& counted = whole.counters();
    require(counted.frames == frames && cut.counters().frames == frames, "frames are miscounted");
    require(counted.garbage_bytes == cut.counters().garbage_bytes, "cutting the stream changes the garbage");
    require(frame_bytes + counted.garbage_bytes <= stream.size(), "more bytes are counted than came");
    require(!whole.at_frame_end() || (!stream.empty() && stream.back() == end_of_frame),
            "a frame ends without its FF");
    return 0;
}
