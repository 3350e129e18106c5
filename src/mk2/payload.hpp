// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/mk2/codec.hpp"

namespace bms::mk2 {

// From the byte after the length on, without appended LEDs.
Bytes encode_payload(const Message&);
/// A payload we do not know is Unknown; there is no failure.
Message decode_payload(ByteView);

} // namespace bms::mk2
