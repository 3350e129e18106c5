// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/multi_control.hpp"

#include "app/link_words.hpp"

#include <utility>

namespace bms::app {

bool shows(const vebus::LinkStatus& status, core::Mode mode) {
    const core::MultiReport report = report_of(status);
    const bool cannot = report.can_limit_charge == false || report.can_stop_charge == false;
    return (report.active == mode || report.remote == mode) && (cannot || status.charge_order_in_force);
}

std::optional<core::Mode> heard_from_panel(const vebus::LinkStatus& status, std::uint64_t& panel_changes) {
    const bool changed = std::exchange(panel_changes, status.panel_changes) != status.panel_changes;
    if (!changed || !status.panel_mode || (dmc_is_there(status) && !status.panel_is_dmc)) {
        return std::nullopt;
    }
    return to_core(*status.panel_mode);
}

} // namespace bms::app
