// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A capture file. The first byte of the input cuts the rest into pieces.
#include "support/input.hpp"

#include "bms/capture/diff.hpp"

#include <algorithm>

using namespace bms::capture;
using bms::fuzz::require;

namespace {

struct Read {
    std::vector<Entry> entries;
    std::optional<std::string> end, error;
    bool operator==(const Read&) const = default;
};

Read read_in_pieces(std::string_view text, std::size_t piece) {
    Parser parser;
    Read read;
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        for (auto& entry : parser.push(text.substr(0, piece))) {
            read.entries.push_back(std::move(entry));
        }
    }
    read.end = parser.finish();
    read.error = parser.error();
    return read;
}

std::string written(const std::vector<Entry>& entries) {
    std::string text;
    for (const auto& entry : entries) {
        text += std::visit([](const auto& it) { return line_of(it); }, entry);
    }
    return text;
}

/// All that reads a capture, one after the other.
void use(const std::vector<Entry>& entries) {
    const auto& header = std::get<Header>(entries.front());
    Decoder decoder(header.wire);
    Stats stats(header);
    Sections sections(header, bms::Seconds(2));
    std::size_t came = 0, shown = 0;
    for (const auto& entry : entries) {
        if (const auto* chunk = std::get_if<Chunk>(&entry)) {
            require(!chunk->bytes.empty() && chunk->bytes.size() <= max_chunk, "a chunk of a wrong size");
            came += chunk->bytes.size();
            for (const auto& heard : decoder.push(*chunk)) {
                shown += heard.wire.size();
                require(line_of_text(heard).ends_with('\n'), "a frame without its line");
            }
            require(shown <= came, "bytes are shown twice");
            stats.add(*chunk);
            sections.add(*chunk);
        } else if (const auto* mark = std::get_if<Mark>(&entry)) {
            stats.add(*mark);
            static_cast<void>(sections.add(*mark));
        }
    }
    require(!stats.text().empty() && !sections.text(true).empty(), "figures without a text");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string text(data + 1, data + size);
    const Read whole = read_in_pieces(text, text.size());
    require(whole == read_in_pieces(text, 1U + data[0] % 64U), "cutting the file changes what is read");
    require(!(whole.end && whole.error), "an end is told after an error");
    if (whole.entries.empty()) {
        require(whole.error.has_value(), "a file without a header is no error");
        return 0;
    }
    const Read again = read_in_pieces(written(whole.entries), 4096);
    require(again.entries == whole.entries && !again.error && !again.end,
            "entries are read differently once they are written");
    use(whole.entries);
    return 0;
}
