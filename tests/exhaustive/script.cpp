// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "script.hpp"

#include "bms/core/words.hpp"

#include <sstream>
#include <utility>

namespace bms::test {
namespace {

std::string word_of(const core::LineReading& line, const char* active, const char* inactive) {
    return line.level == core::Level::active ? active : inactive;
}

std::string lines_of(const core::Inputs& in) {
    if (!in.lines_held) {
        return "unplug=all";
    }
    const std::string remote = word_of(in.remote_h, "on", "off");
    return "plug=all btv_allow_to_charge=" + word_of(in.allow_to_charge, "closed", "open") +
           " btv_allow_to_discharge=" + word_of(in.allow_to_discharge, "closed", "open") +
           " btv_pre_alarm=" + word_of(in.pre_alarm, "closed", "open") + " remote_on=" + remote +
           " remote_h=" + remote + " remote_l=" + word_of(in.remote_l, "on", "off") +
           " mains_1=" + (in.mains == true ? "present" : "absent");
}

void expect(std::ostream& text, Seconds at, const char* name, core::Line line) {
    text << "at " << at.count() << "s expect " << name << " " << core::word(line) << " within 1500ms\n";
}

} // namespace

core::Settings played_settings() {
    core::Settings s;
    const core::Settings walked = walk_settings();
    s.pre_alarm_lead = walked.pre_alarm_lead / tick * played_tick;
    s.pre_alarm_release = walked.pre_alarm_release / tick * played_tick;
    s.reconnect_delay = s.charge_reconnect_delay = walked.reconnect_delay / tick * played_tick;
    return s;
}

std::string in_words(const WalkPlan& plan, const std::vector<ScriptStep>& script) {
    std::string text;
    for (const ScriptStep& step : script) {
        text += "\n  ";
        switch (step.kind) {
        case ScriptStep::start:
            text += "start";
            break;
        case ScriptStep::restart:
            text += "restart";
            break;
        default:
            text += (step.wait > Duration::zero() ? "1 tick later: " : "at once: ") +
                    plan.alphabet[step.letter].name;
        }
    }
    return text;
}

std::string as_scenario(const WalkPlan& plan, const std::vector<ScriptStep>& script,
                        const std::string& property) {
    const auto s = [](Duration d) { return std::chrono::duration_cast<Seconds>(d); };
    const core::Settings played = played_settings();
    std::ostringstream text;
    text << "# shortest way to break: " << property << "\n# for a daemon with pre_alarm_lead_s "
         << s(played.pre_alarm_lead).count() << ", pre_alarm_release_s "
         << s(played.pre_alarm_release).count() << ", reconnect_delay_s and charge_reconnect_delay_s "
         << s(played.reconnect_delay).count() << "\n";
    core::State state;
    Instant now = walk_time;
    Duration at{};
    bool first_input = true;
    for (const ScriptStep& step : script) {
        if (step.kind != ScriptStep::input) {
            state = core::initial_state(core::memory_of(state));
            text << "# " << (step.kind == ScriptStep::start ? "start" : "restart the daemon") << "\n";
            continue;
        }
        const bool first = std::exchange(first_input, false);
        at += step.wait > Duration::zero() ? played_tick : first ? Duration::zero() : played_at_once;
        now += step.wait;
        const core::Inputs in = inputs_at(plan, step.letter, state, now);
        const core::StepResult result = core::step(state, in, plan.settings, now);
        state = result.state;
        text << "# " << plan.alphabet[step.letter].name << "\n"
             << "at " << s(at).count() << "s set " << lines_of(in) << "\n";
        expect(text, s(at), "load_disconnect", result.outputs.load_disconnect);
        expect(text, s(at), "charge_disconnect", result.outputs.charge_disconnect);
        expect(text, s(at), "pre_alarm", result.outputs.pre_alarm);
    }
    return text.str();
}

} // namespace bms::test
