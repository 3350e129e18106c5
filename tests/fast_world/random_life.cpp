// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "fast_world/random_life.hpp"

#include "world/random.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

namespace bms::test {
namespace {

using world::Random;

[[gnu::format(printf, 1, 2)]] std::string print(const char* format, ...) {
    std::array<char, 160> text{};
    std::va_list values;
    va_start(values, format);
    std::vsnprintf(text.data(), text.size(), format, values);
    va_end(values);
    return text.data();
}

struct Writing {
    Random random;
    RandomLife life;
    double watts_1c = 0;   ///< the power that empties the bank in an hour
    double amperes_1c = 0; ///< the current that does
    int batteries = 0;
    int cells = 0;
    bool multi = false, panel = false, aux = false;
    std::vector<std::string> loads;

    explicit Writing(std::uint64_t seed) : random(seed) {}
    void add(std::string line) { life.system.push_back(std::move(line)); }
};

void write_bank(Writing& w) {
    struct Kind {
        double volts;
        int series;
        double ah;
    };
    constexpr std::array kinds{Kind{12.8, 1, 100}, Kind{12.8, 1, 330}, Kind{12.8, 2, 200},
                               Kind{12.8, 4, 60},  Kind{25.6, 1, 200}, Kind{25.6, 2, 100}};
    const Kind kind = kinds[static_cast<std::size_t>(w.random.whole(0, 5))];
    const int parallel = w.random.chance(4) ? 20 / kind.series : w.random.whole(1, 4);
    w.batteries = kind.series * parallel;
    w.cells = kind.volts > 20 ? 8 : 4;
    w.watts_1c = kind.volts * kind.series * kind.ah * parallel;
    w.amperes_1c = kind.ah * parallel;
    w.add(print("bank %d in series %d in parallel of %.1f V %.0f Ah", kind.series, parallel, kind.volts,
                kind.ah));
    w.add(print("spread of capacity %d %%", w.random.whole(0, 6)));
    w.add(print("spread of charge %d %%", w.random.whole(0, 8)));
    w.add(print("start at %d %%", w.random.whole(25, 92)));
    w.add(print("seed %d", w.random.whole(1, 99999)));
    const bool old = w.random.chance(15);
    if (old) {
        w.add("batteries without pre_alarm");
    } else if (w.random.chance(50)) {
        w.add(print("level pre_alarm %.2f V", w.random.between(2.85, 3.15)));
    }
    // What a level of less than 2.75 V means without a pre-alarm: src/world/README.md.
    w.add(print("level low_cell %.2f V", w.random.between(old ? 2.75 : 2.60, 2.80)));
    w.add(print("level low_temperature %d C", w.random.whole(-10, 10)));
}

void write_load(Writing& w, const char* name, double most_c, const char* remote) {
    w.add(print("load %s %.0f W on %s", name, w.random.between(0, most_c) * w.watts_1c, remote));
    w.loads.emplace_back(name);
}

/// All chargers together stay within about 0.5 C, what the batteries' data sheets recommend (M40).
void write_system(Writing& w) {
    write_bank(w);
    write_load(w, "fridge", 0.02, "load_disconnect"); // M18
    if (w.random.chance(60)) {
        write_load(w, "lights", 0.05, "battery_protect"); // M19
    }
    if (w.random.chance(40)) {
        write_load(w, "pump", 0.05, "load_disconnect active low by inverting cable");
    }
    if (w.random.chance(50)) {
        w.add(print("drain alarm %d mA", w.random.whole(1, 40)));
    }
    const char* way = w.random.chance(50) ? "dvcc" : "charge_disconnect";
    if (w.random.chance(75)) {
        w.add(print("charger solar %.0f W on %s", w.random.between(0.02, 0.15) * w.watts_1c, way));
    }
    const bool cyrix = w.random.chance(50); // M22, M87; else M21, M84, M85
    if (w.random.chance(50)) {
        w.add(print("charger %s %.0f A on charge_disconnect", cyrix ? "cyrix" : "orion",
                    w.random.between(0.02, 0.1) * w.amperes_1c));
    }
    if (w.random.chance(30)) { // M83: the GX has no hold of it
        w.add(print("charger ac %.0f A on charge_disconnect active low by inverting cable",
                    w.random.between(0.02, 0.05) * w.amperes_1c));
    }
    w.multi = w.random.chance(85);
    w.panel = w.multi && w.random.chance(20);
    if (w.multi) {
        const int units = w.random.chance(20) ? 3 : 1;
        w.add(print("multi charger %.0f A units %d%s%s",
                    2 + w.random.between(0.05, 0.2) * w.amperes_1c / units, units,
                    w.random.chance(60) ? " with two_signal" : "", w.panel ? " with panel" : ""));
    }
    w.add(print("box %d W", w.random.whole(1, 6)));
    w.aux = w.random.chance(30);
    if (w.aux) {
        w.add("aux 12 V");
    }
}

/// A line of the story; at a random second of the day.
void at(Writing& w, int day, const std::string& what) {
    const int second = w.random.whole(0, 86399);
    w.life.story.push_back(print("at day %02d %02d:%02d:%02d %s", day, second / 3600, second / 60 % 60,
                                 second % 60, what.c_str()));
}

void write_habits(Writing& w) {
    for (const std::string& load : w.loads) {
        w.life.story.push_back(print("every day at %02d:%02d load %s %.0f W", w.random.whole(5, 23),
                                     w.random.whole(0, 59), load.c_str(),
                                     w.random.between(0, 0.04) * w.watts_1c));
        w.life.story.push_back(print("every day at %02d:%02d load %s %.0f W", w.random.whole(5, 23),
                                     w.random.whole(0, 59), load.c_str(),
                                     w.random.between(0, 0.02) * w.watts_1c));
    }
    if (w.multi) {
        w.life.story.push_back(
            print("every day at 07:00 ac_load %.0f W", w.random.between(0, 0.1) * w.watts_1c));
        w.life.story.push_back(
            print("every day at 08:00 ac_load %.0f W", w.random.between(0, 0.01) * w.watts_1c));
    }
}

void write_day(Writing& w, int day, bool cold) {
    at(w, day, print("sun %d %%", w.random.whole(0, 100)));
    at(w, day, print("temperature %d C", cold ? w.random.whole(-20, 12) : w.random.whole(0, 40)));
    if (w.random.chance(30)) {
        at(w, day, w.random.chance(60) ? "mains on" : "mains off");
    }
    if (w.random.chance(30)) {
        at(w, day, w.random.chance(50) ? "engine on" : "engine off");
    }
    if (w.multi && w.random.chance(30)) { // a kettle, a heater: up to what empties the bank in two hours
        at(w, day, print("ac_load %.0f W", w.random.between(0, 0.5) * w.watts_1c));
    }
    const int next_day = std::min(day + 1, life_days);
    if (w.random.chance(5)) {
        at(w, day, "remote off");
        at(w, next_day, "remote on");
    }
    if (w.multi && w.random.chance(5)) {
        const char* which = w.panel ? "panel" : "front";
        at(w, day, print("%s %s", which, w.random.chance(50) ? "off" : "charger-only"));
        at(w, next_day, print("%s on", which));
    }
}

void write_fault(Writing& w, int day) {
    const int battery = w.random.whole(1, w.batteries);
    const int cable = w.random.whole(1, w.batteries + 1);
    switch (w.random.whole(0, 3)) {
    case 0:
        at(w, day, print("cut cable %d", cable));
        at(w, day + 1, print("mend cable %d", cable));
        break;
    case 1:
        at(w, day, print("kill electronics %d", battery));
        at(w, day + 1, print("revive electronics %d", battery));
        break;
    case 2:
        at(w, day, "kill program");
        at(w, day + 1, "revive program");
        break;
    default:
        at(w, day,
           print("cell %d of battery %d at %d %%", w.random.whole(1, w.cells), battery,
                 w.random.whole(8, 99)));
    }
}

/// Everything mended and warm, chargers on, the person back: then it must come back by itself.
void write_rescue(Writing& w) {
    const int day = life_days + 1;
    const auto add = [&](const std::string& what) {
        w.life.rescue.push_back(print("at day %02d 00:00 %s", day, what.c_str()));
    };
    for (int i = 1; i <= w.batteries; ++i) {
        add(print("mend cable %d", i));
        add(print("revive electronics %d", i));
    }
    add(print("mend cable %d", w.batteries + 1));
    add("revive program");
    add("remote on");
    add("temperature 20 C");
    add("mains on");
    add(print("hand_charger %.0f A", 5 + 0.05 * w.amperes_1c));
    w.life.rescue.push_back(print("at day %02d 00:00 hand_charger off", life_days + rescue_days - 1));
    w.life.rescue.push_back(
        print("at day %02d 00:00 expect load_disconnect high within 1 h", life_days + rescue_days - 1));
    w.life.rescue.push_back(
        print("at day %02d 00:00 expect charge_disconnect high within 20 h", life_days + rescue_days - 1));
    w.life.rescue.push_back(print("at day %02d 00:00 end", life_days + rescue_days));
}

} // namespace

RandomLife random_life(std::uint64_t seed) {
    Writing w(seed);
    write_system(w);
    const bool cold = w.random.chance(40);
    for (int day = 1; day <= life_days; ++day) {
        write_day(w, day, cold);
        if (day < life_days && w.random.chance(8)) {
            write_fault(w, day);
        }
    }
    std::sort(w.life.story.begin(), w.life.story.end());
    std::vector<std::string> habits = std::move(w.life.story);
    w.life.story.clear();
    write_habits(w);
    w.life.story.insert(w.life.story.end(), habits.begin(), habits.end());
    write_rescue(w);
    return std::move(w.life);
}

std::string text_of(const RandomLife& life) {
    std::string text;
    const auto add = [&](const std::vector<std::string>& lines) {
        for (const std::string& line : lines) {
            text += line;
            text += '\n';
        }
    };
    add(life.system);
    text += "story a month\n";
    add(life.story);
    add(life.rescue);
    return text;
}

} // namespace bms::test
