// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A capture file: what a listener heard on a wire, byte by byte, and what a person did meanwhile. Text, so
// that it can be read, cut with an editor, and pasted.
//
//   vebus-bms-capture 1 wire=vebus baud=256000 started=2026-11-24T00:18:12Z program=0.1.0 port=/dev/ttyUSB0
//   # a note for people: not read
//   20011 83 83 FD 02 55 51 18 02 97 FF
//   31000250 mark pre-alarm loop open
//
// A line is a chunk of bytes as one read gave them, after the microseconds since the start of the recording.
// The stamp is that of the read, not of the wire: adapters keep bytes back for 1 to 16 ms.
#pragma once

#include "bms/time.hpp"
#include "bms/vebus/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bms::capture {

using vebus::Bytes;
using vebus::ByteView;

enum class Wire {
    vebus, ///< the bus itself, through an RS-485 receiver
    mk3,   ///< what an MK2 or MK3 interface says to its computer
};

/// "vebus", "mk3".
std::string_view text(Wire);
/// 256000 [R]; 2400, an MK3's default [V].
unsigned default_baud(Wire);

struct Header {
    Wire wire = Wire::vebus;
    unsigned baud = 0;
    std::string started; ///< by the wall clock, ISO 8601 in UTC; only for people
    std::string program; ///< version of who recorded
    std::string port;    ///< may contain spaces
    bool operator==(const Header&) const = default;
};

struct Chunk {
    Duration at{}; ///< since the start of the recording
    Bytes bytes;   ///< 1..max_chunk
    bool operator==(const Chunk&) const = default;
};

/// What a person typed while it was recorded: "pre-alarm loop open".
struct Mark {
    Duration at{};
    std::string text; ///< printable, not empty, at most max_mark bytes
    bool operator==(const Mark&) const = default;
};

inline constexpr std::size_t max_chunk = 1024;
inline constexpr std::size_t max_mark = 200;
/// Longest line, without its newline: a full chunk after a stamp of 20 digits. Headers and notes too.
inline constexpr std::size_t max_line = 20 + 3 * max_chunk;

/// One line each, with its newline.
std::string line_of(const Header&);
std::string line_of(const Chunk&);
std::string line_of(const Mark&);
std::string note_line(std::string_view);

/// What becomes of a line somebody typed: control characters are blanks, blanks at its ends are gone, the
/// rest is cut at max_mark. Empty: there is nothing to mark.
std::string mark_text(std::string_view typed);

/// "83 83 FD 02".
std::string hex(ByteView);

using Entry = std::variant<Header, Chunk, Mark>;

/// Reads a capture in pieces of any size; holds at most one line.
class Parser {
  public:
    /// The entries completed by this piece, the header first. Nothing more comes after an error.
    std::vector<Entry> push(std::string_view piece);

    /// After the last piece. What is to be told about the end: a last line without its newline was torn off
    /// and is left out. Also finds a file without a header: see error().
    std::optional<std::string> finish();

    /// "line 12: ...", with what to do.
    const std::optional<std::string>& error() const { return failed; }

  private:
    std::optional<Entry> take_line(std::string_view line);
    std::optional<Entry> take_header(std::string_view line);
    std::optional<Entry> take_stamped(std::string_view line);
    std::nullopt_t fail(const std::string& what);

    std::string held; ///< the beginning of a line
    std::size_t line_number = 0;
    bool has_header = false;
    Duration latest{};
    std::optional<std::string> failed;
};

} // namespace bms::capture
