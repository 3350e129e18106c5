// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/capture/format.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace bms::capture {

namespace {

constexpr std::string_view format_name = "vebus-bms-capture";
constexpr std::string_view format_version = "1";
constexpr std::string_view mark_word = "mark ";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

/// A whole number that fills the text.
template<typename Number>
std::optional<Number> number(std::string_view text, int base = 10) {
    Number value{};
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value, base);
    return error == std::errc{} && rest == end ? std::optional(value) : std::nullopt;
}

/// "83 83 FD", two digits each and one blank between. Empty: it is something else.
Bytes bytes_of(std::string_view text) {
    Bytes bytes;
    if (text.size() % 3 != 2) {
        return {};
    }
    for (std::size_t at = 0; at < text.size(); at += 3) {
        const auto byte = number<std::uint8_t>(text.substr(at, 2), 16);
        if (!byte || (at > 0 && text[at - 1] != ' ')) {
            return {};
        }
        bytes.push_back(*byte);
    }
    return bytes;
}

/// The word after "key=" at the beginning, taken away together with its blank.
std::optional<std::string> take_word(std::string_view& text, std::string_view key) {
    if (!text.starts_with(key)) {
        return std::nullopt;
    }
    const auto end = std::min(text.find(' '), text.size());
    std::string word(text.substr(key.size(), end - key.size()));
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

} // namespace

std::string_view text(Wire wire) { return wire == Wire::vebus ? "vebus" : "mk3"; }

unsigned default_baud(Wire wire) { return wire == Wire::vebus ? 256000 : 2400; }

std::string hex(ByteView bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        if (!text.empty()) {
            text += ' ';
        }
        text += digits[byte >> 4];
        text += digits[byte & 0x0F];
    }
    return text;
}

std::string line_of(const Header& header) {
    return std::string(format_name) + ' ' + std::string(format_version) +
           " wire=" + std::string(text(header.wire)) + " baud=" + std::to_string(header.baud) +
           " started=" + header.started + " program=" + header.program + " port=" + header.port + '\n';
}

std::string line_of(const Chunk& chunk) {
    assert(!chunk.bytes.empty() && chunk.bytes.size() <= max_chunk);
    return std::to_string(chunk.at.count()) + ' ' + hex(chunk.bytes) + '\n';
}

std::string line_of(const Mark& mark) {
    assert(!mark.text.empty() && mark.text == mark_text(mark.text));
    return std::to_string(mark.at.count()) + ' ' + std::string(mark_word) + mark.text + '\n';
}

std::string note_line(std::string_view note) { return "# " + mark_text(note) + '\n'; }

std::string mark_text(std::string_view typed) {
    std::string text(typed);
    std::replace_if(text.begin(), text.end(), is_control, ' ');
    text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
    text.resize(std::min(text.size(), max_mark));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::vector<Entry> Parser::push(std::string_view piece) {
    std::vector<Entry> entries;
    while (!failed && !piece.empty()) {
        const auto end = piece.find('\n');
        held += piece.substr(0, std::min(end, max_line + 1));
        if (held.size() > max_line) {
            ++line_number;
            fail("it has more than " + std::to_string(max_line) +
                 " characters. This is no capture, or damaged");
        } else if (end == std::string_view::npos) {
            break;
        } else {
            ++line_number;
            if (auto entry = take_line(held)) {
                entries.push_back(*std::move(entry));
            }
            held.clear();
            piece.remove_prefix(end + 1);
        }
    }
    return entries;
}

std::optional<std::string> Parser::finish() {
    if (failed) {
        return std::nullopt;
    }
    if (!has_header) {
        ++line_number;
        fail("the header is missing. Is this a file of vebus-bmsctl bus record?");
        return std::nullopt;
    }
    if (held.empty()) {
        return std::nullopt;
    }
    return "line " + std::to_string(line_number + 1) +
           ": the file was cut off here, in the middle of a line. What stands before it is used.";
}

std::nullopt_t Parser::fail(const std::string& what) {
    failed = "line " + std::to_string(line_number) + ": " + what;
    return std::nullopt;
}

std::optional<Entry> Parser::take_line(std::string_view line) {
    while (line.ends_with('\r')) {
        line.remove_suffix(1); // it went through an editor on another system, or through two
    }
    if (!has_header) {
        return take_header(line);
    }
    const bool note = line.empty() || line.starts_with('#');
    return note ? std::nullopt : take_stamped(line);
}

std::optional<Entry> Parser::take_header(std::string_view line) {
    if (take_word(line, format_name) != "") {
        return fail("it does not begin with \"" + std::string(format_name) +
                    "\". Is this a file of vebus-bmsctl bus record?");
    }
    const auto version = take_word(line, "");
    if (version != format_version) {
        return fail("format version \"" + version.value_or("") + "\" is not known, only " +
                    std::string(format_version) + ". Use the vebus-bmsctl that recorded it, or a newer one");
    }
    const auto wire = take_word(line, "wire=");
    const auto baud = number<unsigned>(take_word(line, "baud=").value_or(""));
    const auto started = take_word(line, "started=");
    const auto program = take_word(line, "program=");
    const bool known_wire = wire == "vebus" || wire == "mk3";
    if (!known_wire || baud.value_or(0) == 0 || !started || !program || !line.starts_with("port=")) {
        return fail(
            "the header wants wire=vebus or wire=mk3, then baud=, started=, program= and port=, in this "
            "order. Restore the first line as it was recorded");
    }
    has_header = true;
    return Header{.wire = wire == "mk3" ? Wire::mk3 : Wire::vebus,
                  .baud = *baud,
                  .started = *started,
                  .program = *program,
                  .port = std::string(line.substr(5))};
}

std::optional<Entry> Parser::take_stamped(std::string_view line) {
    const auto blank = std::min(line.find(' '), line.size());
    const auto stamp = number<std::int64_t>(line.substr(0, blank));
    if (!stamp || *stamp < 0) {
        return fail(
            "it does not begin with microseconds since the start. Remove the line, or put # before it");
    }
    const Duration at(*stamp);
    if (at < latest) {
        return fail("its time is before that of the line above. Lines must stay in their order");
    }
    const auto rest = line.substr(std::min(blank + 1, line.size()));
    if (rest.starts_with(mark_word)) {
        Mark mark{.at = at, .text = mark_text(rest.substr(mark_word.size()))};
        if (mark.text.empty()) {
            return fail("the mark has no text. Write what was done, or remove the line");
        }
        latest = at;
        return mark;
    }
    Chunk chunk{.at = at, .bytes = bytes_of(rest)};
    if (chunk.bytes.empty()) {
        return fail(
            "after the time stand neither bytes like \"83 83 FD\" nor \"mark\" and a text. Remove the "
            "line, or put # before it");
    }
    latest = at;
    return chunk;
}

} // namespace bms::capture
