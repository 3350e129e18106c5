// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/serial_port.hpp"

#include "bms/config/config.hpp"
#include "bms/profile/emitter.hpp"
#include "bms/vebus/link.hpp"

#include <memory>
#include <optional>

namespace bms::app {

/// What speaks with the Multi, and how its port is set.
struct BackEnd {
    std::unique_ptr<profile::Emitter> info; ///< nullptr: no frame profile; the link looks at it
    std::unique_ptr<vebus::Link> link;      ///< nullptr: none configured
    io::SerialSettings serial{};
};

/// The back end that /vebus/link names. originals: what an earlier run owes the Multi.
BackEnd make_back_end(const config::Vebus& config, const std::optional<profile::Profile>& frames,
                      const vebus::Originals& originals);

} // namespace bms::app
