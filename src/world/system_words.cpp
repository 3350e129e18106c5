// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines of a scenario that say what is there.
#include "world/words.hpp"

namespace bms::world {
namespace {

using Reader = Read (*)(Words&, SystemPlan&);

Read wrong(std::string_view accepted) { return {"accepted: " + std::string(accepted)}; }

Read read_bank(Words& words, SystemPlan& plan) {
    constexpr auto accepted = "bank S in series P in parallel of 12.8 V (or 25.6 V) CAPACITY Ah";
    const auto series = words.whole();
    const bool in_series = words.take("in series");
    const auto parallel = words.whole();
    const bool in_parallel = words.take("in parallel of");
    const auto volts = words.number("V");
    const auto capacity = words.number("Ah");
    if (!series || !in_series || !parallel || !in_parallel || !volts || !capacity || *capacity <= 0) {
        return wrong(accepted);
    }
    plan.bank.series = *series;
    plan.bank.parallel = *parallel;
    plan.bank.nominal_v = *volts;
    plan.bank.capacity_ah = *capacity;
    plan.has_bank = true;
    return {beyond_the_manual(plan.bank)};
}

/// "FIRST NUMBER UNIT" into a value within limits.
Read read_value(Words& words, double& value, std::string_view unit, double low, double high,
                std::string_view accepted) {
    const auto number = words.number(unit);
    if (!number || *number < low || *number > high) {
        return wrong(accepted);
    }
    value = *number;
    return {};
}

Read read_percent(Words& words, double& value, double high, std::string_view accepted) {
    Read read = read_value(words, value, "%", 0, high, accepted);
    value = read.error.empty() ? value / 100 : value;
    return read;
}

Read read_levels(Words& words, SystemPlan& plan) {
    Levels& levels = plan.bank.levels;
    if (words.take("pre_alarm")) {
        return read_value(words, levels.pre_alarm_v, "V", 2.85, 3.15, "level pre_alarm 2.85 to 3.15 V");
    }
    if (words.take("low_cell")) {
        return read_value(words, levels.low_cell_v, "V", 2.6, 2.8, "level low_cell 2.60 to 2.80 V");
    }
    if (words.take("low_temperature")) {
        return read_value(words, levels.low_temperature_c, "C", -20, 20, "level low_temperature -20 to 20 C");
    }
    return wrong("level pre_alarm, low_cell or low_temperature");
}

Read read_spread(Words& words, SystemPlan& plan) {
    if (words.take("of capacity")) {
        return read_percent(words, plan.bank.capacity_spread, 20, "spread of capacity 0 to 20 %");
    }
    return words.take("of charge")
               ? read_percent(words, plan.bank.charge_spread, 20, "spread of charge 0 to 20 %")
               : wrong("spread of capacity, or of charge, 0 to 20 %");
}

Read read_batteries(Words& words, SystemPlan& plan) {
    if (!words.take("without pre_alarm")) {
        return wrong("batteries without pre_alarm");
    }
    plan.bank.pre_alarm = false;
    return {};
}

Read read_start(Words& words, SystemPlan& plan) {
    return words.take("at") ? read_percent(words, plan.bank.start_charge, 100, "start at 0 to 100 %")
                            : wrong("start at 0 to 100 %");
}

Read read_seed(Words& words, SystemPlan& plan) {
    const auto seed = words.whole();
    if (!seed || *seed < 0) {
        return wrong("seed NUMBER");
    }
    plan.seed = static_cast<unsigned>(*seed);
    return {};
}

constexpr auto remote_accepted =
    "... on load_disconnect, charge_disconnect, battery_protect, dvcc or nothing; "
    "then, if so: active low; then: by inverting cable";

/// "on load_disconnect active low by inverting cable".
bool read_remote(Words& words, SystemPlan& plan, Remote& remote) {
    struct Joined {
        std::string_view words;
        Control control;
    };
    constexpr Joined joined[] = {{"on load_disconnect", Control::load_disconnect},
                                 {"on charge_disconnect", Control::charge_disconnect},
                                 {"on battery_protect", Control::battery_protect},
                                 {"on dvcc", Control::dvcc},
                                 {"on nothing", Control::none}};
    for (const Joined& j : joined) {
        if (words.take(j.words)) {
            remote.control = j.control;
            remote.on_when_low = words.take("active low");
            remote.inverting_cable = words.take("by inverting cable");
            if (j.control == Control::battery_protect) {
                plan.world.battery_protect.emplace();
            }
            return true;
        }
    }
    return false;
}

Read read_load(Words& words, SystemPlan& plan) {
    Load load{.name = words.word()};
    const auto power = words.number("W");
    if (load.name.empty() || has_load(plan, load.name) || !power || *power < 0 ||
        !read_remote(words, plan, load.remote)) {
        return wrong(std::string("load NAME POWER W ") + remote_accepted + "; each name once");
    }
    load.power_w = *power;
    plan.world.loads.push_back(load);
    return {};
}

Read read_drain(Words& words, SystemPlan& plan) {
    Drain drain{.name = words.word()};
    const auto current = words.number("mA");
    if (drain.name.empty() || !current || *current < 0) {
        return wrong("drain NAME CURRENT mA");
    }
    drain.current_a = *current / 1000;
    plan.world.drains.push_back(drain);
    return {};
}

Read read_charger(Words& words, SystemPlan& plan) {
    struct Kind {
        std::string_view word, unit;
        ChargerKind kind;
    };
    constexpr Kind kinds[] = {{"solar", "W", ChargerKind::solar},
                              {"orion", "A", ChargerKind::orion},
                              {"cyrix", "A", ChargerKind::cyrix},
                              {"ac", "A", ChargerKind::ac}};
    for (const Kind& kind : kinds) {
        if (words.take(kind.word)) {
            Charger charger{.name = std::string(kind.word), .kind = kind.kind};
            const auto rating = words.number(kind.unit);
            if (has_charger(plan, charger.name) || !rating || *rating <= 0 ||
                !read_remote(words, plan, charger.remote)) {
                break;
            }
            charger.rating = *rating;
            plan.world.chargers.push_back(charger);
            return {};
        }
    }
    return wrong(std::string("charger solar POWER W, or charger orion, cyrix or ac CURRENT A, each once, ") +
                 remote_accepted);
}

Read read_multi(Words& words, SystemPlan& plan) {
    constexpr auto accepted = "multi charger CURRENT A [units 1 to 3] [with two_signal] [with panel]";
    Multi& multi = plan.world.multi;
    const auto current = words.take("charger") ? words.number("A") : std::nullopt;
    if (!current || *current <= 0) {
        return wrong(accepted);
    }
    multi.fitted = true;
    multi.charger_a = *current;
    if (words.take("units")) {
        multi.units = words.whole().value_or(0);
    }
    multi.two_signal = words.take("with two_signal");
    if (words.take("with panel")) {
        plan.world.panel = Switch::on;
    }
    return multi.units >= 1 && multi.units <= 3 ? Read{} : wrong(accepted);
}

Read read_box(Words& words, SystemPlan& plan) {
    return read_value(words, plan.world.supply.board_w, "W", 0, 50, "box 0 to 50 W");
}

Read read_aux(Words& words, SystemPlan& plan) {
    return read_value(words, plan.world.supply.aux_v, "V", 9, 70, "aux 9 to 70 V"); // M137
}

Read read_temperature(Words& words, SystemPlan& plan) {
    return read_value(words, plan.world.temperature_c, "C", -40, 60, "temperature -40 to 60 C");
}

struct Known {
    std::string_view word;
    Reader read;
};

constexpr Known known[] = {{"bank", read_bank},
                           {"batteries", read_batteries},
                           {"level", read_levels},
                           {"spread", read_spread},
                           {"start", read_start},
                           {"seed", read_seed},
                           {"load", read_load},
                           {"drain", read_drain},
                           {"charger", read_charger},
                           {"multi", read_multi},
                           {"box", read_box},
                           {"aux", read_aux},
                           {"temperature", read_temperature}};

} // namespace

Read read_system_line(Words& words, SystemPlan& plan) {
    for (const Known& k : known) {
        if (words.take(k.word)) {
            const Read read = k.read(words, plan);
            return read.error.empty() && !words.empty() ? wrong("nothing more in this line") : read;
        }
    }
    return wrong(
        "bank, batteries, level, spread, start, seed, load, drain, charger, multi, box, aux, temperature, "
        "or story NAME");
}

} // namespace bms::world
