// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/back_end.hpp"

#include "bms/vebus/rs485_link.hpp"

namespace bms::app {
namespace {

constexpr unsigned vebus_baud = 256000;

vebus::LinkSettings link_settings(const config::Vebus& config) {
    return {.transmit = config.transmit == config::Transmit::control,
            .several_units = config.multi_unit == config::MultiUnit::experimental,
            .assistant_installed = config.assistant_installed,
            .send_window = config.send_window,
            .timeout = config.link_timeout};
}

} // namespace

BackEnd make_back_end(const config::Vebus& config, const vebus::Originals& originals) {
    switch (config.link) {
    case config::LinkKind::rs485:
        return {std::make_unique<vebus::Rs485Link>(link_settings(config), originals),
                {.baud = vebus_baud,
                 .kernel_direction = config.rs485_direction == config::Rs485Direction::kernel}};
    case config::LinkKind::mk3:
    case config::LinkKind::none:
        break;
    }
    return {};
}

} // namespace bms::app
