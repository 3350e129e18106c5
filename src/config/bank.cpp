// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/config/bank.hpp"

#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

namespace bms::config {

namespace {

constexpr int most_batteries = 20;      // M4
constexpr double low_cell_v = 2.8;      // M125
constexpr double charge_output_ma = 10; // M145
constexpr double nominal_12_v = 12.8;   // the 12 V bank of M5
constexpr double shortest_off_min = 5;  // less, and nobody has the time to log in and change it
constexpr double highest_alternator_v =
    40; // between 25.6 and 51.2: Orion-Tr Smart are for 12 and 24 V (M112)

/// What the two batteries differ in.
struct Type {
    std::string_view label;
    double volts;
    int cells;
    int most_in_series; // M3
};

const Type& type_of(BatteryType type) {
    static constexpr std::array<Type, 2> types{{{"12.8 V", 12.8, 4, 4}, {"25.6 V", 25.6, 8, 2}}};
    return types.at(static_cast<std::size_t>(type));
}

std::string decimal(double value, int digits = 1) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return text.data();
}

std::string count(int number) { return std::to_string(number); }

/// The manual counts whole kilowatt-hours: 20 batteries of 330 Ah are 84.48, and "up to 84".
bool exceeds(double kilowatt_hours, int most) { return static_cast<int>(kilowatt_hours) > most; }

using Found = std::vector<ConfigError>;

void check_description(const Bank& bank, Found& found) {
    const bool any = bank.battery || bank.series || bank.parallel || bank.capacity_ah;
    if (any && !figures(bank)) {
        found.push_back({"/bank",
                         "described in part, so nothing of it can be checked; give \"battery\", \"series\", "
                         "\"parallel\" and \"capacity_ah\" (M3 to M5)"});
    }
    if (bank.battery && bank.series == 3 && *bank.battery == BatteryType::v12) {
        found.push_back({"/bank/series",
                         "three 12.8 V batteries are a 36 V bank; inverter/chargers are made for 12, "
                         "24 and 48 V (M2)"});
    }
}

void check_detectors(const Config& config, Found& found) {
    const System& system = config.system;
    const bool any = config.detectors.mains_1 || config.detectors.mains_2;
    if (any && system.mains_detector_unit == MainsDetectorUnit::follower) {
        found.push_back({"/system/mains_detector_unit", "the mains detector belongs on the leader of several "
                                                        "units, for that one wakes the others (M63)"});
    }
    if (config.detectors.mains_2 && !config.detectors.mains_1) {
        found.push_back(
            {"/detectors/mains_2",
             "AC on input 2 alone does not start a Quattro with an empty battery: put the generator or shore "
             "supply that is to recharge it on input 1, and a detector there (M64, M132)"});
    }
    if (config.detectors.mains_2 && system.inverter_charger == InverterCharger::multiplus) {
        found.push_back(
            {"/detectors/mains_2", "a MultiPlus has one AC input; the second pair is for a Quattro (M64)"});
    }
}

void check_adapter(const Config& config, Found& found) {
    const auto adapter = config.system.aux_in_adapter_v;
    const auto bank = figures(config.bank);
    if (adapter && bank && *adapter <= bank->low_cell_volts) {
        found.push_back({"/system/aux_in_adapter_v", "an adapter takes over only while its voltage is above "
                                                     "the battery's. At a low cell this bank still "
                                                     "has " +
                                                         decimal(bank->low_cell_volts) + " V, so " +
                                                         decimal(*adapter) +
                                                         " V never take over, and the board goes on emptying "
                                                         "it: take one of a higher voltage, as far "
                                                         "as the board's supply input permits (M158)"});
    }
    if (adapter && !config.detectors.aux_in) {
        found.push_back({"/detectors/aux_in",
                         "an adapter is described, and no line says whether it is live: whether the "
                         "board stays up at a low cell cannot be told (M31, M104)"});
    }
}

void check_power(const Config& config, Found& found) {
    if (config.power.fed_from == FedFrom::gx_pow && !config.detectors.aux_in) {
        found.push_back({"/power/fed_from",
                         "a board on GX-Pow without Aux-In goes out at a low cell, and with it all that it "
                         "protects and tells, until GX-Pow has power again (M103)"});
    }
    if (config.power.off_after_min && *config.power.off_after_min < shortest_off_min) {
        found.push_back({"/power/off_after_min",
                         "a board that is started by hand with a low battery goes off again before anybody "
                         "can log in and change this: take at least 5"});
    }
}

void check_charge_output(const Config& config, Found& found) {
    const System& system = config.system;
    if (system.charge_disconnect_load_ma && *system.charge_disconnect_load_ma > charge_output_ma) {
        found.push_back(
            {"/system/charge_disconnect_load_ma",
             decimal(*system.charge_disconnect_load_ma, 0) +
                 " mA; the original's output gives 10 mA in all and is for signal inputs, not for coils: be "
                 "sure of your own board's driver (M90, M145)"});
    }
}

void check_alternator(const Config& config, Found& found) {
    const Alternator alternator = config.system.alternator;
    if (alternator == Alternator::none) {
        return;
    }
    if (alternator == Alternator::direct) {
        found.push_back({"/system/alternator",
                         "an alternator straight on the bank cannot be stopped on a high cell: put an "
                         "Orion-Tr Smart, or a SolidSwitch 104 with an external regulator, between "
                         "(M88, M89)"});
    } else if (!config.outputs.charge_disconnect) {
        found.push_back({"/outputs/charge_disconnect",
                         "\"none\", and so nothing stops the alternator's charger: its remote H "
                         "terminal belongs on ChargeDisconnect (M90)"});
    }
    const auto bank = figures(config.bank);
    if (alternator == Alternator::orion_tr_smart && bank && bank->volts > highest_alternator_v) {
        found.push_back({"/system/alternator",
                         "the manual's system with an alternator is for 12 and 24 V banks, and this one "
                         "has " +
                             decimal(bank->volts) + " V (M112)"});
    }
}

/// M121: where nobody is told the rule would be one on paper.
void check_soc_action(const Config& config, Found& found) {
    if (config.soc_rule.below_percent && config.soc_rule.action == SocAction::charger_only &&
        config.vebus.link == LinkKind::none && !config.outputs.two_signal_discharge) {
        found.push_back({"/soc_rule/action",
                         "\"charger_only\" reaches no inverter/charger: there is no /vebus/link, and no "
                         "/outputs/two_signal_discharge (M53, M121)"});
    }
}

} // namespace

std::optional<BankFigures> figures(const Bank& bank) {
    if (!bank.battery || !bank.series || !bank.parallel || !bank.capacity_ah) {
        return std::nullopt;
    }
    const Type& type = type_of(*bank.battery);
    BankFigures f;
    f.batteries = *bank.series * *bank.parallel;
    f.volts = type.volts * *bank.series;
    f.amp_hours = *bank.capacity_ah * *bank.parallel;
    f.kilowatt_hours = f.volts * f.amp_hours / 1000;
    f.low_cell_volts = low_cell_v * type.cells * *bank.series;
    return f;
}

std::string summary(const Bank& bank) {
    const auto f = figures(bank);
    if (!f) {
        return "";
    }
    return "bank: " + count(*bank.series) + " x " + std::string{type_of(*bank.battery).label} +
           " in series, " + count(*bank.parallel) + " in parallel: " + decimal(f->volts) + " V, " +
           decimal(f->kilowatt_hours) + " kWh";
}

std::string summary(const SocRule& rule) {
    if (!rule.below_percent || !rule.back_percent) {
        return "";
    }
    const std::string does =
        rule.action == SocAction::charger_only
            ? "the inverter/charger may only charge"
            : "the inverter/charger may only charge, and loads are disconnected after PreAlarm";
    return "SoC rule: below " + count(*rule.below_percent) + " % for " + std::to_string(rule.lasts.count()) +
           " s " + does + ", until " + count(*rule.back_percent) + " % for as long";
}

std::vector<ConfigError> bank_errors(const Bank& bank) {
    Found found;
    if (bank.battery && bank.series && *bank.series > type_of(*bank.battery).most_in_series) {
        const Type& type = type_of(*bank.battery);
        found.push_back({"/bank/series", "found " + count(*bank.series) + "; accepted: at most " +
                                             count(type.most_in_series) + " batteries of " +
                                             std::string{type.label} + " in series (M3)"});
    }
    const auto f = figures(bank);
    if (f && f->batteries > most_batteries) {
        found.push_back({"/bank/parallel", count(*bank.series) + " in series and " + count(*bank.parallel) +
                                               " in parallel are " + count(f->batteries) +
                                               " batteries; accepted: at most " + count(most_batteries) +
                                               " in all (M4)"});
    }
    const int most_kwh = f && f->volts > nominal_12_v ? 102 : 84; // M5
    if (found.empty() && f && exceeds(f->kilowatt_hours, most_kwh)) {
        found.push_back({"/bank/capacity_ah", "the bank has " + decimal(f->kilowatt_hours) +
                                                  " kWh; accepted: up to " + count(most_kwh) + " kWh at " +
                                                  decimal(f->volts) + " V (M5)"});
    }
    return found;
}

std::vector<ConfigError> warnings(const Config& config) {
    Found found;
    check_description(config.bank, found);
    check_detectors(config, found);
    check_adapter(config, found);
    check_power(config, found);
    check_charge_output(config, found);
    check_alternator(config, found);
    check_soc_action(config, found);
    return found;
}

} // namespace bms::config
