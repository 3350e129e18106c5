// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines of a scenario that say what is expected.
#include "world/words.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace bms::world {
namespace {

using Reader = Read (*)(Words&, const SystemPlan&, Expectation&);

Read wrong(std::string_view accepted) { return {"accepted: " + std::string(accepted)}; }

std::string with_unit(double value, const char* unit) {
    char text[48];
    std::snprintf(text, sizeof text, "it is %.3f %s", value, unit);
    return text;
}

template<bool BmsSide::*output>
Read read_output(Words& words, const SystemPlan&, Expectation& e) {
    const bool high = words.take("high");
    if (!high && !words.take("floating")) {
        return wrong("pre_alarm, load_disconnect or charge_disconnect high or floating");
    }
    e.holds = [high](const World&, const BmsSide& box) { return box.*output == high; };
    e.found = [](const World&, const BmsSide& box) { return box.*output ? "it is high" : "it is floating"; };
    return {};
}

/// "above X UNIT" or "below X UNIT" of a figure of the world.
Read read_figure(Words& words, Expectation& e, const char* unit, double (*above)(const World&),
                 double (*below)(const World&), std::string_view accepted) {
    const bool is_above = words.take("above");
    const bool is_below = !is_above && words.take("below");
    const auto limit = is_above || is_below ? words.number(unit) : std::nullopt;
    if (!limit) {
        return wrong(accepted);
    }
    const auto figure = is_above ? above : below;
    e.holds = [=](const World& w, const BmsSide&) {
        return is_above ? figure(w) > *limit : figure(w) < *limit;
    };
    e.found = [=](const World& w, const BmsSide&) { return with_unit(figure(w), unit); };
    return {};
}

double lowest_v(const World& w) { return lowest_cell_v(w.bank); }
double highest_v(const World& w) { return highest_cell_v(w.bank); }
double charge_percent(const World& w) { return 100 * charge_of(w.bank); }
double dark_h(const World& w) { return w.tally.hours_loads_off; }
double into_bank_a(const World& w) { return w.bank.current_a; }

Read read_cells(Words& words, const SystemPlan&, Expectation& e) {
    e.when = Expectation::When::to_the_end;
    return read_figure(words, e, "V", lowest_v, highest_v, "every cell above (or below) X V");
}

Read read_charge(Words& words, const SystemPlan&, Expectation& e) {
    return read_figure(words, e, "%", charge_percent, charge_percent, "charge above (or below) X %");
}

Read read_dark(Words& words, const SystemPlan&, Expectation& e) {
    return read_figure(words, e, "h", dark_h, dark_h,
                       "dark above (or below) X h: hours with loads disconnected");
}

Read read_current(Words& words, const SystemPlan&, Expectation& e) {
    return read_figure(words, e, "A", into_bank_a, into_bank_a,
                       "current above (or below) X A: into the bank");
}

Read read_load(Words& words, const SystemPlan& plan, Expectation& e) {
    const std::string name = words.word();
    const auto on = words.on_or_off();
    if (!has_load(plan, name) || !on) {
        return wrong("load NAME on or off; the loads are: " + known_loads(plan));
    }
    const auto is_on_now = [name](const World& w) {
        bool found = false;
        for (const Load& load : w.loads) {
            found = found || (load.name == name && load.on);
        }
        return found;
    };
    e.holds = [=](const World& w, const BmsSide&) { return is_on_now(w) == *on; };
    e.found = [=](const World& w, const BmsSide&) { return is_on_now(w) ? "it is on" : "it is off"; };
    return {};
}

bool pushes(const World& w, const std::string& name) {
    bool found = false;
    for (const Charger& c : w.chargers) {
        found = found || (c.name == name && c.current_a > 0);
    }
    return found;
}

Read read_charger(Words& words, const SystemPlan& plan, Expectation& e) {
    const std::string name = words.word();
    const bool charging = words.take("charging");
    if (!has_charger(plan, name) || (!charging && !words.take("idle"))) {
        return wrong("charger NAME charging or idle; the chargers are: " + known_chargers(plan));
    }
    e.holds = [=](const World& w, const BmsSide&) { return pushes(w, name) == charging; };
    e.found = [=](const World& w, const BmsSide&) { return pushes(w, name) ? "it charges" : "it is idle"; };
    return {};
}

struct Doing {
    std::string_view word;
    Multi::Does does;
};

constexpr Doing doings[] = {{"charges", Multi::Does::charges},
                            {"inverts", Multi::Does::inverts},
                            {"passes_through", Multi::Does::passes_through},
                            {"does_nothing", Multi::Does::nothing}};

std::string word_of(Multi::Does does) {
    return std::string(std::ranges::find(doings, does, &Doing::does)->word); // all of them are there
}

Read read_multi(Words& words, const SystemPlan& plan, Expectation& e) {
    for (const Doing& d : doings) {
        if (plan.world.multi.fitted && words.take(d.word)) {
            e.holds = [d](const World& w, const BmsSide&) { return w.multi.does == d.does; };
            e.found = [](const World& w, const BmsSide&) { return "it " + word_of(w.multi.does); };
            return {};
        }
    }
    return wrong("multi charges, inverts, passes_through or does_nothing, with a multi");
}

struct Feeding {
    std::string_view word;
    Supply::From from;
};

constexpr Feeding feedings[] = {{"fed by bank", Supply::From::bank},
                                {"fed by aux", Supply::From::aux},
                                {"without supply", Supply::From::nothing}};

Read read_box(Words& words, const SystemPlan&, Expectation& e) {
    for (const Feeding& f : feedings) {
        if (words.take(f.word)) {
            e.holds = [f](const World& w, const BmsSide&) { return w.supply.from == f.from; };
            e.found = [](const World& w, const BmsSide&) {
                return "it is " +
                       std::string(
                           feedings[static_cast<std::size_t>(w.supply.from == Supply::From::bank  ? 0
                                                             : w.supply.from == Supply::From::aux ? 1
                                                                                                  : 2)]
                               .word);
            };
            return {};
        }
    }
    return wrong("box fed by bank, box fed by aux or box without supply");
}

struct Known {
    std::string_view words;
    Reader read;
};

constexpr Known known[] = {{"pre_alarm", read_output<&BmsSide::pre_alarm>},
                           {"load_disconnect", read_output<&BmsSide::load_disconnect>},
                           {"charge_disconnect", read_output<&BmsSide::charge_disconnect>},
                           {"every cell", read_cells},
                           {"charge", read_charge},
                           {"charger", read_charger},
                           {"load", read_load},
                           {"current", read_current},
                           {"multi", read_multi},
                           {"box", read_box},
                           {"dark", read_dark}};

/// "within 5 s", "for 2 h", "to the end", or nothing: within 2 s.
Read read_when(Words& words, Expectation& e) {
    const bool within = words.take("within");
    if (within || words.take("for")) {
        const auto length = words.length_s();
        if (!length) {
            return wrong("within or for a time as 5 s, 10 min, 2 h or 3 days");
        }
        e.when = within ? Expectation::When::within : Expectation::When::through;
        e.for_s = *length;
    } else if (words.take("to the end")) {
        e.when = Expectation::When::to_the_end;
    }
    return {};
}

} // namespace

Read read_expectation(Words& words, const SystemPlan& plan, StoryLine& line) {
    line.expect.emplace();
    std::string all;
    for (const Known& k : known) {
        if (words.take(k.words)) {
            const Read read = k.read(words, plan, *line.expect);
            return read.error.empty() ? read_when(words, *line.expect) : read;
        }
        all += all.empty() ? "" : ", ";
        all += k.words;
    }
    return wrong("expect " + all);
}

} // namespace bms::world
