// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The enumerators in words: one spelling for the log, D-Bus, recordings and the generated documents.
#pragma once

#include "bms/core/outputs.hpp"

#include <optional>
#include <string_view>

namespace bms::core {

std::string_view word(Power);
std::string_view word(Discharge);
std::string_view word(Charge);
std::string_view word(MultiCharge);
std::string_view word(Mode);
std::string_view word(Line);
std::string_view word(Level);
std::string_view word(SocRule);

/// What a person must know when the Multi does not obey: what it does, and what still protects. Empty: it
/// obeys.
std::string_view what_protects(NotObeying);

std::string_view word(PowerSignal);
std::string_view word(DischargeSignal);
std::string_view word(ChargeSignal);
std::string_view word(MultiChargeSignal);
std::string_view word(CommandSignal);

std::optional<Mode> mode_from(std::string_view word);
std::optional<Level> level_from(std::string_view word);
std::optional<SocRule> soc_rule_from(std::string_view word);

} // namespace bms::core
