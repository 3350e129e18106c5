// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Short questions about the Multi: is it on, may it sleep, could it not be woken?
#include "app/mapping.hpp"

namespace bms::app {

bool multi_is_on(const core::StepResult& r, const core::MultiReport& report) {
    const auto mode = r.outputs.multi ? std::optional(r.outputs.multi->mode) : report.active;
    return report.heard && mode && *mode != core::Mode::off;
}

bool multi_may_sleep(const core::StepResult& r) {
    const bool no_discharge =
        r.state.discharge == core::Discharge::load_disconnect || r.state.soc_rule != core::SocRule::none;
    return (r.state.power != core::Power::starting && no_discharge) || r.state.wish.mode == core::Mode::off;
}

bool multi_not_woken(const core::StepResult& r, const config::Config& config) {
    return config.outputs.vebus_standby && r.outputs.multi_not_woken;
}

} // namespace bms::app
