// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines of a scenario that say what happens.
#include "world/words.hpp"

#include <algorithm>
#include <utility>

namespace bms::world {
namespace {

using Reader = Read (*)(Words&, const SystemPlan&, StoryLine&);

Read wrong(std::string_view accepted) { return {"accepted: " + std::string(accepted)}; }

template<typename Named>
Named* find(std::vector<Named>& all, const std::string& name) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

Read read_load(Words& words, const SystemPlan& plan, StoryLine& line) {
    const std::string name = words.word();
    const auto power = words.number("W");
    if (!has_load(plan, name) || !power || *power < 0) {
        return wrong("load NAME POWER W; the loads are: " + known_loads(plan));
    }
    line.change = [name, power](World& w) { find(w.loads, name)->power_w = *power; };
    return {};
}

Read read_ac_load(Words& words, const SystemPlan& plan, StoryLine& line) {
    const auto power = words.number("W");
    if (!plan.world.multi.fitted || !power || *power < 0) {
        return wrong("ac_load POWER W, with a multi");
    }
    line.change = [power](World& w) { w.multi.ac_load_w = *power; };
    return {};
}

/// "on" or "off" into one of the world's own flags.
template<bool World::*flag>
Read read_flag(Words& words, const SystemPlan&, StoryLine& line) {
    const auto on = words.on_or_off();
    if (!on) {
        return wrong("on or off");
    }
    line.change = [on](World& w) { w.*flag = *on; };
    return {};
}

Read read_aux(Words& words, const SystemPlan& plan, StoryLine& line) {
    const auto on = words.on_or_off();
    if (!on || plan.world.supply.aux_v == 0) {
        return wrong("aux on or off, where the system has one (aux 12 V)");
    }
    line.change = [on](World& w) { w.supply.aux_on = *on; };
    return {};
}

Read read_front(Words& words, const SystemPlan& plan, StoryLine& line) {
    const auto position = words.switch_position();
    if (!plan.world.multi.fitted || !position) {
        return wrong("front on, off, charger-only or inverter-only, with a multi");
    }
    line.change = [position](World& w) { w.multi.front = *position; };
    return {};
}

Read read_panel(Words& words, const SystemPlan& plan, StoryLine& line) {
    const auto position = words.switch_position();
    if (!plan.world.panel || !position) {
        return wrong("panel on, off or charger-only, where the multi is \"with panel\"");
    }
    line.change = [position](World& w) { w.panel = position; };
    return {};
}

Read read_sun(Words& words, const SystemPlan&, StoryLine& line) {
    const auto percent = words.number("%");
    if (!percent || *percent < 0 || *percent > 100) {
        return wrong("sun 0 to 100 %");
    }
    line.change = [percent](World& w) { w.sun = *percent / 100; };
    return {};
}

Read read_temperature(Words& words, const SystemPlan&, StoryLine& line) {
    const auto celsius = words.number("C");
    if (!celsius || *celsius < -40 || *celsius > 60) {
        return wrong("temperature -40 to 60 C");
    }
    line.change = [celsius](World& w) { w.temperature_c = *celsius; };
    return {};
}

std::optional<std::size_t> index(std::optional<int> number, int most) {
    return number && *number >= 1 && *number <= most ? std::optional(static_cast<std::size_t>(*number - 1))
                                                     : std::nullopt;
}

template<bool cut>
Read read_cable(Words& words, const SystemPlan& plan, StoryLine& line) {
    const int cables = plan.bank.batteries() + 1;
    const auto cable = words.take("cable") ? index(words.whole(), cables) : std::nullopt;
    if (!cable) { // M58: first and last cable at the box
        return wrong("cut or mend cable 1 to " + std::to_string(cables));
    }
    line.change = [cable](World& w) { w.bank.cable_cut[*cable] = cut; };
    return {};
}

template<bool alive>
Read read_life(Words& words, const SystemPlan& plan, StoryLine& line) {
    if (words.take("program")) {
        line.change = [](World& w) { w.program_runs = alive; };
        return {};
    }
    const auto battery =
        words.take("electronics") ? index(words.whole(), plan.bank.batteries()) : std::nullopt;
    if (!battery) {
        return wrong("kill or revive program, or electronics 1 to " + std::to_string(plan.bank.batteries()));
    }
    line.change = [battery](World& w) { w.bank.battery[*battery].electronics = alive; };
    return {};
}

Read read_cell(Words& words, const SystemPlan& plan, StoryLine& line) {
    const auto cell = index(words.whole(), plan.bank.nominal_v > 20 ? 8 : 4);
    const auto battery =
        words.take("of battery") ? index(words.whole(), plan.bank.batteries()) : std::nullopt;
    const auto percent = words.take("at") ? words.number("%") : std::nullopt;
    if (!cell || !battery || !percent || *percent < 0 || *percent > 100) {
        return wrong("cell NUMBER of battery NUMBER at 0 to 100 %");
    }
    line.change = [=](World& w) { rest_cell(w.bank, *battery, *cell, *percent / 100); };
    return {};
}

void connect_by_hand(World& w, double current_a) {
    Charger* hand = find(w.chargers, "hand");
    if (hand == nullptr) {
        w.chargers.push_back({.name = "hand", .kind = ChargerKind::hand});
        hand = &w.chargers.back();
    }
    hand->rating = current_a;
}

Read read_hand_charger(Words& words, const SystemPlan&, StoryLine& line) {
    const auto current = words.take("off") ? std::optional(0.0) : words.number("A");
    if (!current || *current < 0) {
        return wrong("hand_charger CURRENT A, or hand_charger off");
    }
    line.change = [current](World& w) { connect_by_hand(w, *current); };
    return {};
}

struct Known {
    std::string_view word;
    Reader read;
};

constexpr Known known[] = {{"load", read_load},
                           {"ac_load", read_ac_load},
                           {"mains", read_flag<&World::mains>},
                           {"engine", read_flag<&World::engine>},
                           {"remote", read_flag<&World::remote_on>},
                           {"aux", read_aux},
                           {"front", read_front},
                           {"panel", read_panel},
                           {"sun", read_sun},
                           {"temperature", read_temperature},
                           {"cut", read_cable<true>},
                           {"mend", read_cable<false>},
                           {"kill", read_life<false>},
                           {"revive", read_life<true>},
                           {"cell", read_cell},
                           {"hand_charger", read_hand_charger},
                           {"expect", read_expectation}};

} // namespace

Read read_event(Words& words, const SystemPlan& plan, StoryLine& line) {
    std::string all;
    for (const Known& k : known) {
        if (words.take(k.word)) {
            const Read read = k.read(words, plan, line);
            return read.error.empty() && !words.empty() ? wrong("nothing more in this line") : read;
        }
        all += all.empty() ? "" : ", ";
        all += k.word;
    }
    return wrong(all + " or end");
}

} // namespace bms::world
