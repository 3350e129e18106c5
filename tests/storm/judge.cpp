// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "storm/judge.hpp"

#include "exhaustive/safety_properties.hpp"

#include "bms/core/words.hpp"

#include <algorithm>
#include <sstream>

namespace bms::test {
namespace {

using namespace core;

constexpr std::size_t most_toggles_in_an_hour = 17; ///< of a side by its loop, src/core/properties.md

LineReading reading(bool active) { return {active ? Level::active : Level::inactive, {}}; }
Line output(bool high) { return high ? Line::high : Line::floating; }

Inputs inputs_of(const std::array<bool, 5>& active, bool held) {
    Inputs in;
    in.allow_to_charge = reading(active[0]);
    in.allow_to_discharge = reading(active[1]);
    in.pre_alarm = reading(active[2]);
    in.remote_h = reading(active[3]);
    in.remote_l = reading(active[4]);
    in.lines_held = held;
    return in;
}

/// The state that shows such outputs.
State state_of(const Observation& o, Instant pre_alarm_since) {
    State s;
    s.power = Power::on;
    s.discharge = !o.load_disconnect ? Discharge::load_disconnect
                  : o.pre_alarm_out  ? Discharge::pre_alarm
                                     : Discharge::allowed;
    s.charge = o.charge_disconnect ? Charge::allowed : Charge::charge_disconnect;
    s.pre_alarm_since = pre_alarm_since;
    s.loads.cause = s.charging.cause = Cause::none;
    s.wish.mode = o.wish.value_or(Mode::on);
    return s;
}

/// What is not seen is taken to be as it should.
Outputs outputs_of(const Observation& o, bool trusted) {
    Outputs out;
    out.load_disconnect = output(o.load_disconnect);
    out.charge_disconnect = output(o.charge_disconnect);
    out.pre_alarm = output(o.pre_alarm_out);
    out.led_cell_low = o.led_cell_low;
    out.led_cell_high = o.led_cell_high;
    out.allow_to_charge = o.bus ? o.bus->allow_to_charge : o.charge_disconnect;
    out.allow_to_discharge = o.bus ? o.bus->allow_to_discharge : o.load_disconnect;
    out.error = o.bus ? o.bus->error : !trusted;
    out.multi = o.multi;
    return out;
}

void forget_older_than(std::deque<Instant>& at, Instant oldest) {
    while (!at.empty() && at.front() <= oldest) {
        at.pop_front();
    }
}

} // namespace

std::string in_words(const Observation& o) {
    std::ostringstream text;
    const auto say = [&](const char* name, bool so, const char* yes, const char* no) {
        text << ' ' << name << '=' << (so ? yes : no);
    };
    text << std::chrono::duration_cast<std::chrono::milliseconds>(o.at.time_since_epoch()).count() << " ms:";
    text << " daemon=" << (!o.daemon_lives ? "dead" : o.daemon_paused ? "paused" : "runs");
    say("lines", o.lines_there, "there", "lost");
    say("btv_allow_to_charge", o.allow_to_charge, "closed", "open");
    say("btv_allow_to_discharge", o.allow_to_discharge, "closed", "open");
    say("btv_pre_alarm", o.pre_alarm, "closed", "open");
    say("remote_h", o.remote_h, "on", "off");
    say("remote_l", o.remote_l, "on", "off");
    say("load_disconnect", o.load_disconnect, "high", "floating");
    say("charge_disconnect", o.charge_disconnect, "high", "floating");
    say("pre_alarm", o.pre_alarm_out, "high", "floating");
    say("led_cell_low", o.led_cell_low, "on", "off");
    say("led_cell_high", o.led_cell_high, "on", "off");
    if (o.bus) {
        text << " bus=" << o.bus->allow_to_charge << o.bus->allow_to_discharge << o.bus->error;
    }
    if (o.multi) {
        text << " multi=\"" << word(o.multi->mode) << "\" charger=" << static_cast<int>(o.multi->charge);
    }
    return text.str();
}

void Judge::Line::may_have_been(bool active, Instant from) {
    if (active && !may_be_active) {
        active_from = from;
    }
    (active ? may_be_active : may_be_inactive) = true;
}

void Judge::Line::update(bool now_level, DebounceTimes times, const Judge& judge, const Observation& o) {
    const auto long_enough = [&] {
        const Duration due = level ? times.to_active : times.to_inactive;
        // What a process missed it may take for longer than it was.
        return judge.catching_up_ || o.at - since + judge.slack.wire >= due;
    };
    if (now_level != level) {
        if (long_enough()) {
            may_have_been(level, since);
        }
        level = now_level;
        since = o.at;
    }
    if (long_enough()) {
        may_have_been(level, since);
    }
    const Duration due = level ? times.to_active : times.to_inactive;
    if (o.at - since >= due + judge.slack.look && !judge.catching_up_) {
        (level ? may_be_inactive : may_be_active) = false;
    }
}

void Judge::track_held(const Observation& o) {
    const bool there = o.daemon_lives && o.lines_there;
    if (there != all_there_) {
        const Duration away = before_ ? o.at - there_since_ : Duration::zero();
        all_there_ = there;
        there_since_ = o.at;
        back_by_ = o.at + std::min(slack.back_within, 2 * away + slack.starts_within);
    }
    const Duration stood = o.at - there_since_;
    (there ? may_be_held_ : may_be_lost_) = true;
    if (there && o.at > back_by_ && !catching_up_) {
        may_be_lost_ = false;
    }
    // A process that is dead holds nothing; one that lives has to notice.
    if (!there && (!o.daemon_lives || stood > slack.lost_within) && stood > slack.look && !catching_up_) {
        may_be_held_ = false;
    }
}

void Judge::track(const Observation& o) {
    if (o.daemon_paused) {
        catching_up_ = true;
        goes_on_since_ = o.at;
    } else if (catching_up_ && o.at - goes_on_since_ > slack.catches_up) {
        catching_up_ = false;
    }
    const bool levels[] = {o.allow_to_charge, o.allow_to_discharge, o.pre_alarm, o.remote_h, o.remote_l};
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        lines_[i].update(levels[i], i < 3 ? settings.loop : settings.remote, *this, o);
    }
    track_held(o);
    if (o.pre_alarm_out && !(before_ && before_->pre_alarm_out)) {
        pre_alarm_on_at_ = o.at;
    }
}

std::vector<Judge::Choice> Judge::choices() const {
    std::vector<Choice> all;
    // The instant PreAlarm went high is before the look that saw it, and after the one before that.
    for (const Instant since : {pre_alarm_on_at_ + slack.look, pre_alarm_off_at_}) {
        for (unsigned bits = 0; bits < 64; ++bits) {
            Choice c{.active = {}, .held = (bits & 32u) != 0, .pre_alarm_since = since};
            bool plausible = c.held ? may_be_held_ : may_be_lost_;
            for (std::size_t i = 0; i < lines_.size(); ++i) {
                c.active[i] = (bits >> i & 1u) != 0;
                plausible = plausible && (c.active[i] ? lines_[i].may_be_active : lines_[i].may_be_inactive);
            }
            if (plausible) {
                all.push_back(c);
            }
        }
    }
    return all;
}

std::string Judge::broken(const Choice& choice, const Observation& o) const {
    const Inputs in = inputs_of(choice.active, choice.held);
    State from = state_of(before_.value_or(o), choice.pre_alarm_since);
    from.loads.cause = loads_off_by_loop_ ? Cause::loop : Cause::none;
    from.charging.cause = charge_off_by_loop_ ? Cause::loop : Cause::none;
    from.loads.reconnect_delay = settings.reconnect_delay; // at least
    from.charging.reconnect_delay = settings.charge_reconnect_delay;
    StepResult result;
    result.state = state_of(o, choice.pre_alarm_since);
    result.state.loads.closed_since = lines_[1].active_from;
    result.state.charging.closed_since = lines_[0].active_from;
    result.outputs = outputs_of(o, choice.held);
    const Edge edge{from, in, o.at, result};
    const View view(edge, settings);
    for (const Property& p : safety_properties()) {
        if (p.looks_at == LooksAt::outside && p.concerns(view) && !p.holds(view)) {
            return std::string(p.text) + " (" + p.source + ")";
        }
    }
    return {};
}

/// A loop alone disconnects a side so often at most; each word of the remote terminal, each lost line and
/// each start of the daemon may add one.
std::string Judge::count_toggles(const Observation& o) {
    const Instant an_hour_ago = o.at - 60min;
    for (auto* at : {&loads_off_, &charge_off_, &excuses_}) {
        forget_older_than(*at, an_hour_ago);
    }
    const bool excused =
        before_ && (before_->remote_h != o.remote_h || before_->remote_l != o.remote_l ||
                    before_->lines_there != o.lines_there || before_->daemon_lives != o.daemon_lives);
    if (excused) {
        excuses_.push_back(o.at);
    }
    const bool loads_off = before_ && before_->load_disconnect && !o.load_disconnect;
    const bool charge_off = before_ && before_->charge_disconnect && !o.charge_disconnect;
    const bool surely_ours = !may_be_lost_ && (!lines_[3].may_be_inactive || !lines_[4].may_be_inactive);
    if (loads_off) {
        loads_off_.push_back(o.at);
    }
    if (charge_off) {
        charge_off_.push_back(o.at);
    }
    loads_off_by_loop_ = o.load_disconnect ? false : loads_off ? surely_ours : loads_off_by_loop_;
    charge_off_by_loop_ = o.charge_disconnect ? false : charge_off ? surely_ours : charge_off_by_loop_;
    const std::size_t most = most_toggles_in_an_hour + excuses_.size();
    return loads_off_.size() > most || charge_off_.size() > most
               ? "a side is disconnected at most 17 times in any hour (decisions 3, 4)"
               : "";
}

std::string Judge::see(const Observation& o) {
    track(o);
    std::string wrong;
    if (before_ && !o.daemon_paused) {
        ++edges_;
        const auto plausible = choices();
        certain_ += plausible.size() == 2; // the two of PreAlarm's beginning
        bool kept = false;
        for (const Choice& choice : plausible) {
            const std::string broken_here = broken(choice, o);
            kept = kept || broken_here.empty();
            wrong = broken_here; // of the last one: all held, what may be healthy is
        }
        if (kept) {
            wrong.clear();
        }
    }
    const std::string too_often = count_toggles(o);
    if (!o.pre_alarm_out) {
        pre_alarm_off_at_ = o.at; // only now: how long it had been high was asked just before
    }
    before_ = o;
    return wrong.empty() ? too_often : wrong;
}

} // namespace bms::test
