// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the description of the bank amounts to, and what of the wiring that is described contradicts the
// manual.
#pragma once

#include "bms/config/config.hpp"

#include <optional>
#include <string>
#include <vector>

namespace bms::config {

/// A bank that is described in full.
struct BankFigures {
    int batteries = 0;
    double volts = 0;          ///< nominal, V: 12.8 to 51.2
    double amp_hours = 0;      ///< of the whole bank, Ah
    double kilowatt_hours = 0; ///< nominal, kWh
    double low_cell_volts = 0; ///< of the bank when its cells are at the low-cell level, V (M125)
};

/// nullopt unless battery, series, parallel and capacity are all given.
std::optional<BankFigures> figures(const Bank&);

/// "bank: 2 x 12.8 V in series, 2 in parallel: 25.6 V, 10.2 kWh"; empty unless described in full.
std::string summary(const Bank&);

/// "SoC rule: below 15 % for 60 s the inverter/charger may only charge, until 20 % for as long"; empty: none.
std::string summary(const SocRule&);

/// What is more than the manual permits (M3 to M5).
std::vector<ConfigError> bank_errors(const Bank&);

/// Contradictions and doubtful wiring, each with the row of the manual. They change nothing that the daemon
/// does.
std::vector<ConfigError> warnings(const Config&);

} // namespace bms::config
