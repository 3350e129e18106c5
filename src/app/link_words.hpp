// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// How the link to the inverter/charger is, for a person: the state in one sentence, and what to do. Pure.
#pragma once

#include "app/mapping.hpp"

#include <string>
#include <vector>

namespace bms::app {

/// One sentence: talking, or why the Multi is not controlled and what protects instead.
std::string link_reason(const core::StepResult& result, const Surroundings& around);

/// What a person should know or do, the most important first; empty: nothing. Without figures that change, so
/// that each is logged once.
std::vector<std::string> link_advice(const core::StepResult& result, const Surroundings& around);

/// Why /Mode cannot be written now; empty when it can.
std::string mode_refusal(const core::StepResult& result, const Surroundings& around);

/// A Digital Multi Control is on the bus: it has the switch (M106).
bool dmc_is_there(const vebus::LinkStatus& link);

/// The VE.Bus error to publish: the Multi's own, or 15 where its firmware is too old for this BMS (M56). 0:
/// none.
int vebus_error_of(const vebus::LinkStatus& link);

} // namespace bms::app
