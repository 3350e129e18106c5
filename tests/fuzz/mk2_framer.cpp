// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Bytes as an MK2 or MK3 gives them. The first byte of the input cuts the rest into pieces.
#include "support/input.hpp"

#include "bms/mk2/framer.hpp"
#include "bms/vebus/describe.hpp"

#include <algorithm>

using namespace bms::mk2;
using bms::fuzz::require;

namespace {

void check(const Framer::Item& item) {
    require(item.wire.size() >= min_counted + 2 && item.wire.size() <= max_frame_bytes,
            "an item has not the size of a frame");
    require(encode(item.frame) == item.wire, "a frame is written differently than it was read");
    require(decode(item.wire) == Decoded(item.frame), "a frame alone is read differently than in the stream");
    const auto* winmon = std::get_if<Winmon>(&item.frame.message);
    const auto* passed = std::get_if<PassThrough>(&item.frame.message);
    const bms::vebus::Message* message = winmon ? &winmon->message : passed ? &passed->message : nullptr;
    require(!message || !bms::vebus::name_of(*message).empty(), "a message without a name");
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

std::size_t bytes_of(const std::vector<Framer::Item>& items) {
    std::size_t bytes = 0;
    for (const auto& item : items) {
        bytes += item.wire.size();
    }
    return bytes;
}

void check_same(const std::vector<Framer::Item>& items, const std::vector<Framer::Item>& others) {
    require(items.size() == others.size(), "cutting the stream changes the number of frames");
    for (std::size_t i = 0; i < items.size(); ++i) {
        check(items[i]);
        require(items[i].frame == others[i].frame && items[i].wire == others[i].wire,
                "cutting the stream changes a frame");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const ByteView stream(data + 1, size - 1);
    Framer whole;
    Framer cut;
    auto items = whole.push(stream);
    auto items_cut = push_in_pieces(cut, stream, 1U + data[0] % 16U);
    check_same(items, items_cut);
    const std::size_t settled = bytes_of(items) + whole.counters().garbage_bytes;
    require(settled <= stream.size() && stream.size() - settled < max_frame_bytes,
            "more bytes wait than a frame has");
    require(whole.waiting() == (settled < stream.size()), "waiting() does not tell what waits");

    const auto rest = whole.silence();
    check_same(rest, cut.silence());
    require(!whole.waiting(), "something waits after a silence");
    require(bytes_of(items) + bytes_of(rest) + whole.counters().garbage_bytes == stream.size(),
            "a byte is not counted once");
    require(whole.counters().frames == items.size() + rest.size(), "frames are miscounted");
    require(whole.counters().garbage_bytes == cut.counters().garbage_bytes &&
                whole.counters().rejected == cut.counters().rejected,
            "cutting the stream changes the garbage");

    const Bytes good = encode(AskInterface{});
    const auto after = whole.push(good);
    require(after.size() == 1 && after.front().wire == good, "a good frame after a silence is lost");
    return 0;
}
