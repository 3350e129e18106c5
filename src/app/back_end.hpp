// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/serial_port.hpp"

#include "bms/config/config.hpp"
#include "bms/vebus/link.hpp"

#include <memory>

namespace bms::app {

/// What speaks with the Multi, and how its port is set.
struct BackEnd {
    std::unique_ptr<vebus::Link> link; ///< nullptr: none configured
    io::SerialSettings serial{};
};

/// The back end that /vebus/link names. originals: what an earlier run owes the Multi.
BackEnd make_back_end(const config::Vebus& config, const vebus::Originals& originals);

} // namespace bms::app
