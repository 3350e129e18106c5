// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/line_port.hpp"

namespace bms::io {

std::string LineRequest::label() const {
    return name.empty() ? chip + " line " + std::to_string(offset) : name;
}

} // namespace bms::io
