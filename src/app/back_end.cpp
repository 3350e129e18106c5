// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/back_end.hpp"

#include "bms/mk2/mk3_link.hpp"
#include "bms/vebus/rs485_link.hpp"

namespace bms::app {
namespace {

constexpr unsigned vebus_baud = 256000;
constexpr Duration mk3_reply_timeout = 500ms; // [V]

vebus::LinkSettings raw_settings(const config::Vebus& config) {
    return {.transmit = config.transmit == config::Transmit::control,
            .several_units = config.multi_unit == config::MultiUnit::experimental,
            .assistant_installed = config.assistant_installed,
            .send_window = config.send_window,
            .timeout = config.link_timeout};
}

/// The interface knows the slots and the units.
vebus::LinkSettings mk3_settings(const config::Vebus& config) {
    return {.transmit = config.transmit == config::Transmit::control,
            .several_units = true,
            .assistant_installed = config.assistant_installed,
            .timeout = config.link_timeout,
            .reply_timeout = mk3_reply_timeout};
}

} // namespace

BackEnd make_back_end(const config::Vebus& config, const std::optional<profile::Profile>& frames,
                      const vebus::Originals& originals) {
    BackEnd made;
    switch (config.link) {
    case config::LinkKind::rs485:
        if (frames) {
            made.info = std::make_unique<profile::Emitter>(*frames);
        }
        made.link = std::make_unique<vebus::Rs485Link>(raw_settings(config), originals, made.info.get());
        made.serial = {.baud = vebus_baud,
                       .kernel_direction = config.rs485_direction == config::Rs485Direction::kernel};
        break;
    case config::LinkKind::mk3:
        made.link = std::make_unique<mk2::Mk3Link>(mk3_settings(config), originals);
        made.serial = {.baud = mk2::mk3_baud};
        break;
    case config::LinkKind::venus: // no wire of ours
    case config::LinkKind::none:
        break;
    }
    return made;
}

} // namespace bms::app
