// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Messages to try things on: at least one of every kind, and random ones of a given kind.
#pragma once

#include "bms/vebus/frame.hpp"

#include <random>

namespace bms::vebus {

/// Every kind, and every form of it that the codec keeps apart.
std::vector<Message> sample_messages();

inline constexpr std::size_t message_kinds = std::variant_size_v<Message>;

/// A message as it can stand on the wire: no field has bits that its bytes cannot carry.
Message random_message(std::size_t kind, std::mt19937& random);

} // namespace bms::vebus
