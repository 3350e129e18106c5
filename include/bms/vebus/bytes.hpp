// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Little-endian numbers out of and into bytes. A read past the end does not stop the reader: it gives 0 and
// the error stays, so a decoder reads all its fields and asks once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace bms::vebus {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

class Reader {
  public:
    explicit Reader(ByteView bytes) : rest_of(bytes) {}

    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::int16_t s16() { return static_cast<std::int16_t>(number(2)); }
    std::uint32_t u24() { return number(3); }
    std::uint32_t u32() { return number(4); }

    /// Everything not read yet; afterwards nothing is left.
    Bytes rest() {
        Bytes taken(rest_of.begin(), rest_of.end());
        rest_of = {};
        return taken;
    }

    /// No read went past the end so far.
    bool ok() const { return !failed; }
    /// No read went past the end, and nothing is left over.
    bool ok_and_done() const { return !failed && rest_of.empty(); }
    std::size_t left() const { return rest_of.size(); }

  private:
    std::uint32_t number(std::size_t size) {
        if (failed || rest_of.size() < size) {
            failed = true;
            return 0;
        }
        std::uint32_t value = 0;
        for (std::size_t i = size; i-- > 0;) {
            value = (value << 8) | rest_of[i];
        }
        rest_of = rest_of.subspan(size);
        return value;
    }

    ByteView rest_of;
    bool failed = false;
};

class Writer {
  public:
    Writer& u8(std::uint8_t value) { return number(value, 1); }
    Writer& u16(std::uint16_t value) { return number(value, 2); }
    Writer& s16(std::int16_t value) { return number(static_cast<std::uint16_t>(value), 2); }
    Writer& u24(std::uint32_t value) { return number(value, 3); }
    Writer& u32(std::uint32_t value) { return number(value, 4); }
    Writer& bytes(ByteView more) {
        written.insert(written.end(), more.begin(), more.end());
        return *this;
    }

    Bytes take() { return std::move(written); }

  private:
    Writer& number(std::uint32_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
            written.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
        }
        return *this;
    }

    Bytes written;
};

} // namespace bms::vebus
