// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "storm/story.hpp"

#include <algorithm>
#include <map>
#include <random>

namespace bms::test {
namespace {

using std::chrono::milliseconds;

/// The standard's distributions differ between libraries; this does not.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
    template<typename T>
    T one_of(const std::vector<T>& all) {
        return all[below(all.size())];
    }
    milliseconds between(milliseconds least, milliseconds most) {
        return least + milliseconds(below(static_cast<std::size_t>((most - least).count()) + 1));
    }

  private:
    std::mt19937_64 engine_;
};

class Writer {
  public:
    void set(milliseconds at, const std::string& what) { lines_.emplace(at, what); }
    Script script() const {
        Script all;
        all.reserve(lines_.size());
        for (const auto& [at, what] : lines_) {
            all.push_back("at " + std::to_string(at.count()) + "ms set " + what);
        }
        return all;
    }

  private:
    std::multimap<milliseconds, std::string> lines_;
};

/// From a spike that debouncing must ignore to a state that lasts; many around the lead and the delays.
milliseconds how_long(Dice& dice) {
    switch (dice.below(8)) {
    case 0:
        return dice.between(1ms, 18ms);
    case 1:
        return dice.between(22ms, 120ms);
    case 2:
        return dice.between(120ms, 2s);
    case 3:
        return dice.between(4s, 12s);
    case 4:
        return dice.between(29s, 32s);
    case 5:
        return dice.between(31s, 60s);
    default:
        return dice.between(2s, 40s);
    }
}

void loop_opens(Dice& dice, Writer& out, milliseconds at) {
    const auto loop = dice.one_of<std::string>(
        {"btv_allow_to_charge", "btv_allow_to_discharge", "btv_allow_to_discharge", "btv_pre_alarm"});
    out.set(at, loop + "=open");
    out.set(at + how_long(dice), loop + "=closed");
}

/// A loop that flickers with one duty cycle for longer than the lead.
void loop_flickers(Dice& dice, Writer& out, milliseconds at) {
    const auto loop =
        dice.one_of<std::string>({"btv_allow_to_charge", "btv_allow_to_discharge", "btv_pre_alarm"});
    const milliseconds open = dice.between(5ms, 900ms), closed = dice.between(20ms, 1500ms);
    const milliseconds end = at + dice.between(5s, 45s);
    for (; at < end; at += open + closed) {
        out.set(at, loop + "=open");
        out.set(at + open, loop + "=closed");
    }
}

void remote_turns(Dice& dice, Writer& out, milliseconds at) {
    if (dice.below(4) == 0) { // L says on meanwhile: H alone is not off
        out.set(at, "remote_l=on");
        out.set(at + how_long(dice), "remote_l=off");
    }
    out.set(at, "remote_h=off");
    out.set(at + how_long(dice), "remote_h=on");
}

void daemon_suffers(Dice& dice, Writer& out, milliseconds at) {
    const bool pauses = dice.below(2) == 0;
    out.set(at, pauses ? "daemon=paused" : dice.one_of<std::string>({"daemon=killed", "daemon=ended"}));
    const milliseconds end = at + (pauses ? dice.between(5ms, 45s) : dice.between(100ms, 5s));
    if (dice.below(2) == 0) { // and the battery does not wait for it
        loop_opens(dice, out, at + (end - at) / 2);
    }
    out.set(end, "daemon=running");
}

void part_is_lost(Dice& dice, Writer& out, milliseconds at) {
    struct Part {
        const char *gone, *back;
    };
    const auto part = dice.one_of<Part>({{"unplug=all", "plug=all"},
                                         {"outputs_chip=lost", "outputs_chip=there"},
                                         {"bus=gone", "bus=there"},
                                         {"multi=gone", "multi=there"}});
    out.set(at, part.gone);
    out.set(at + dice.between(50ms, 20s), part.back);
}

void wire_is_bad(Dice& dice, Writer& out, milliseconds at) {
    const auto fault =
        dice.one_of<std::string>({"garble_percent", "loss_to_multi_percent", "loss_from_multi_percent",
                                  "byte_loss_from_multi_percent", "latency_ms", "jitter_ms"});
    out.set(at, "multi." + fault + "=" + std::to_string(1 + dice.below(60)));
    out.set(at + dice.between(1s, 60s), "multi." + fault + "=0");
}

void somebody_acts(Dice& dice, Writer& out, milliseconds at) {
    switch (dice.below(4)) {
    case 0:
        out.set(at, "clock_s=" + std::to_string(dice.one_of<int>({-86400, -61, -1, 1, 30, 3600, 31536000})));
        return;
    case 1:
        out.set(at, dice.one_of<std::string>({"multi.mains=on", "multi.mains=off"}));
        return;
    default:
        out.set(at, "wish=" + dice.one_of<std::string>({"on", "on", "charger-only", "off"}));
    }
}

} // namespace

Script story(std::uint64_t seed, Duration length) {
    Dice dice(seed);
    Writer out;
    const auto end = std::chrono::duration_cast<milliseconds>(length);
    using Event = void (*)(Dice&, Writer&, milliseconds);
    const std::vector<Event> events{loop_opens,     loop_opens,   loop_opens,  loop_flickers, remote_turns,
                                    daemon_suffers, part_is_lost, wire_is_bad, somebody_acts};
    milliseconds at = dice.between(12s, 20s);
    while (at < end) {
        dice.one_of(events)(dice, out, at);
        // Often a second thing happens within the first, now and then nothing for long.
        at += dice.below(5) == 0 ? dice.between(60s, 110s) : dice.between(100ms, 25s);
    }
    out.set(end + 15s, "plug=all"); // what lasts is over
    Script script = out.script();
    // One that permits nothing would keep most properties.
    script.insert(script.begin(), {"at 0ms expect load_disconnect high within 11s",
                                   "at 0ms expect charge_disconnect high within 11s"});
    return script;
}

std::string text_of(const Script& script) {
    std::string text;
    for (const std::string& line : script) {
        text.append(line).append("\n");
    }
    return text;
}

Script shortest(Script script, const std::function<bool(const Script&)>& still_fails, std::size_t trials) {
    for (std::size_t chunk = (script.size() + 1) / 2; chunk > 0 && trials > 0;) {
        bool left_out = false;
        for (std::size_t at = 0; at < script.size() && trials > 0;) {
            Script less = script;
            const auto from = less.begin() + static_cast<std::ptrdiff_t>(at);
            less.erase(from, from + static_cast<std::ptrdiff_t>(std::min(chunk, script.size() - at)));
            --trials;
            if (!less.empty() && still_fails(less)) {
                script = std::move(less);
                left_out = true;
            } else {
                at += chunk;
            }
        }
        chunk = left_out && chunk > 1 ? chunk : chunk / 2;
    }
    return script;
}

} // namespace bms::test
