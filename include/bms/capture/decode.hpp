// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a capture in words: frames with their time, and also what did not become a frame.
#pragma once

#include "bms/capture/format.hpp"
#include "bms/mk2/framer.hpp"
#include "bms/vebus/describe.hpp"
#include "bms/vebus/framer.hpp"

namespace bms::capture {

/// A frame, or bytes that are none.
struct Heard {
    Duration at{};                        ///< of the read that brought its last byte
    std::optional<vebus::Address> from{}; ///< mk3: none
    std::optional<std::uint8_t> number{}; ///< of the frame; mk3: none
    std::string kind;   ///< vebus::name_of, "unknown 38" with the first byte of the payload, or "rejected"
    bool known = false; ///< a frame whose kind has a name
    Bytes payload{};    ///< without stuffing and checksum; empty when rejected
    Bytes wire{};       ///< as received; of too long garbage the beginning
    std::vector<vebus::Field> fields{}; ///< empty when not known
    std::string rejected{};             ///< why it is no frame; empty: it is one
};

/// Chunks in, frames out. Holds one frame at most.
class Decoder {
  public:
    explicit Decoder(Wire on) : wire(on) {}

    std::vector<Heard> push(const Chunk&);

  private:
    std::vector<Heard> push_mk3(const Chunk&);
    void take_mk3(std::vector<Heard>&, Duration at, const mk2::FramerCounters& before,
                  std::vector<mk2::Framer::Item>&&);

    Wire wire;
    vebus::Framer bus;
    mk2::Framer interface;
    Bytes pending; ///< mk3: what the framer still holds
    mk2::Reject reject{};
    Duration latest{};
};

/// What to show. Empty or false: everything.
struct Filter {
    std::string kind; ///< "sync", "unknown 38", "38", "rejected"
    std::optional<vebus::Address> from{};
    bool unknown = false; ///< only what is not known, rejected bytes with it
};
bool passes(const Heard&, const Filter&);

/// "83 83", "8383", "83:83", in either case.
std::optional<vebus::Address> parse_address(std::string_view);
/// "83 83"
std::string text(const vebus::Address&);

/// One line, with its newline.
std::string line_of_text(const Heard&);
std::string line_of_text(const Mark&);
/// "wire vebus, 256000 baud, port ..., started ..., recorded by vebus-bms ..."
std::string text(const Header&);
/// "12.345678"
std::string seconds_text(Duration);

} // namespace bms::capture
