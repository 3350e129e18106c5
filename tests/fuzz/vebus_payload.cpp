// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The input is a payload, as it stands in a frame before it is stuffed.
#include "support/input.hpp"

#include "bms/vebus/codec.hpp"
#include "bms/vebus/describe.hpp"
#include "bms/vebus/firmware.hpp"
#include "bms/vebus/scale.hpp"

#include <algorithm>
#include <cmath>

using namespace bms::vebus;
using bms::fuzz::require;

namespace {

void check_words(const Message& message) {
    require(!name_of(message).empty(), "a message without a name");
    for (const Field& field : fields_of(message)) {
        require(!field.name.empty() && !field.value.empty(), "a field without a name or a value");
    }
}

void check_numbers(const Message& message) {
    if (const auto* info = std::get_if<RamInfo>(&message)) {
        if (const auto scale = scale_of(*info)) {
            require(std::isfinite(scale->value_of(0x7FFF)) && std::isfinite(scale->value_of(0x8000)),
                    "a scale gives no number");
        }
    }
    if (const auto* part = std::get_if<VersionPart>(&message)) {
        const Firmware firmware{part->number};
        require(firmware.release() >= 0 && firmware.release() <= 999, "a release has three digits");
        require((band_of(firmware) == FirmwareBand::refused) == (firmware.release() < 415),
                "below 415, and only there, the unit is refused"); // M56
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t longest = 26; // when all are stuffed this still fits into a frame
    const Bytes payload(data, data + std::min(size, longest));
    const Message message = decode_payload(payload);
    require(encode_payload(message) == payload, "a payload is written differently than it was read");
    check_words(message);
    check_numbers(message);

    const auto unstuffed = unstuff(payload);
    require(!unstuffed || stuff(*unstuffed) == payload, "bytes are stuffed differently than they were read");
    if (!payload.empty()) {
        const Frame frame{.from = multi_address,
                          .number = static_cast<std::uint8_t>(payload[0] % frame_numbers),
                          .message = message};
        const Bytes wire = encode(frame);
        require(std::count(wire.begin() + 4, wire.end(), end_of_frame) == 1, "FF stands inside a frame");
        require(decode(wire) == Decoded(frame), "a frame is read differently than it was written");
    }
    return 0;
}
