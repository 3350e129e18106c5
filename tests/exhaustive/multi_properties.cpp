// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "safety_properties.hpp"
#include "view.hpp"

#include <algorithm>
#include <array>

namespace bms::test {
namespace {

using namespace core;

bool told(const View& v) { return v.out().multi.has_value(); }

bool within_the_wish(const View& v) {
    const Mode mode = v.out().multi->mode;
    const auto& wish = v.after().wish.mode;
    return wish && (!may_invert(mode) || may_invert(*wish)) && (!may_charge(mode) || may_charge(*wish));
}

std::optional<Mode> word_of_user(const Inputs& in) {
    return in.panel_wish ? in.panel_wish : in.multi.dmc ? std::nullopt : in.mode_wish;
}

bool lasted(std::optional<Instant> since, Duration length, Instant now) {
    return since && now - *since >= length;
}

/// The last rung is reached exactly when the one before was, and the Multi has gone on for its whole time
/// again.
bool last_rung_is_reached_exactly_when_disobeyed(const View& v) {
    const State& before = v.e.from;
    const State& s = v.after();
    const MultiReport& multi = v.e.inputs.multi;
    const bool loads_off = s.discharge == Discharge::load_disconnect || s.soc_rule != SocRule::none;
    const bool told_off = before.wish.command == Mode::off;
    const bool may_invert_now =
        (multi.active && may_invert(*multi.active)) || (multi.heard && multi.mode_refused);
    const bool inverts = loads_off && told_off && before.discharge_not_obeyed && may_invert_now &&
                         lasted(before.inverting_since, v.settings.mode_obeys_within, v.e.now);
    const bool charges = s.multi_charge == MultiCharge::stop && before.charge_not_obeyed &&
                         multi.charge_current_da.value_or(0) > 10 &&
                         lasted(before.overcurrent_since, v.settings.current_obeys_within, v.e.now);
    // A refused "off" stands in for a current that nobody measures.
    const bool refuses = s.multi_charge == MultiCharge::stop && told_off && before.charge_not_obeyed &&
                         multi.heard && multi.mode_refused && !multi.charge_current_da &&
                         lasted(before.overcurrent_since, v.settings.current_obeys_within, v.e.now);
    const bool expect_inverts = loads_off && (before.inverts_though_off || inverts);
    const bool expect_charges =
        s.multi_charge == MultiCharge::stop && (before.charges_though_off || charges || refuses);
    return s.inverts_though_off == expect_inverts && s.charges_though_off == expect_charges &&
           (v.out().multi_not_obeying != NotObeying::none) == (expect_inverts || expect_charges);
}

/// The standby line is high only within an attempt's time, for a Multi that does not yet do what it is woken
/// for; with loads off only where AC is there to recharge from.
bool standby_is_bounded(const View& v) {
    const State& s = v.after();
    const MultiReport& multi = v.e.inputs.multi;
    const bool within = v.on && s.waking.began && v.e.now - *s.waking.began < v.settings.wake_hold;
    const bool ac = v.e.inputs.mains == true || multi.ac_present == true;
    const Mode wish = s.wish.mode.value_or(Mode::off);
    const bool no_discharge = !v.loads || v.e.inputs.soc_rule != SocRule::none;
    const bool empty =
        s.loads.cause == Cause::loop || s.restart_latched || v.e.inputs.soc_rule != SocRule::none;
    const bool recharge =
        empty && ac && may_charge(wish) && v.charge && !(multi.heard && multi.ac_present == true);
    const bool invert = may_invert(wish) && !(multi.active && may_invert(*multi.active));
    return within && (no_discharge ? recharge : invert);
}

bool attempt_begins_again(const View& v) {
    const auto& before = v.e.from.waking.began;
    const auto& after = v.after().waking.began;
    return after == v.e.now && before && before != after && !v.loads &&
           v.settings.wake_pause > Duration::zero();
}

/// At least the pause after the one before, whatever AC does; the pause doubles up to its longest as long as
/// AC stays.
bool attempt_has_waited(const View& v) {
    const Waking& before = v.e.from.waking;
    const Waking& w = v.after().waking;
    const bool goes_on = before.purpose == w.purpose;
    return v.e.now - *before.began >= (goes_on ? before.pause : v.settings.wake_pause) &&
           (!goes_on || w.pause >= std::min(2 * before.pause, v.settings.wake_pause_max));
}

bool retry_needs_ac(const View& v) {
    const State& s = v.after();
    return s.waking.purpose == WakeFor::recharge && s.waking.began == v.e.now &&
           (v.e.inputs.mains == true || v.e.inputs.multi.ac_present == true) &&
           s.wish.command == Mode::charger_only;
}

bool panel_detect_is_ours_to_hold(const View& v) {
    const bool has_a_say = v.e.inputs.multi.configured && told(v) && v.after().power != Power::starting;
    return (v.out().vebus_panel_detect == Line::high) == has_a_say; // no letter of the walks only listens
}

bool reduce_is_the_named_exception(const View& v) {
    const State& s = v.after();
    return v.on && !v.cell_low && s.charging.cause == Cause::loop &&
           v.e.now - s.multi_charge_since < v.settings.reduce_max && !s.charge_not_obeyed;
}

constexpr std::array properties = std::to_array<Property>({
    {"the Multi is never told more than the wish: no unit is switched on that the user wants off",
     "M106, decisions 6", told, within_the_wish, LooksAt::outside},
    {"the Multi is never told to invert while loads are off", "M10, M134",
     [](const View& v) { return told(v) && !v.loads; },
     [](const View& v) { return !may_invert(v.out().multi->mode); }, LooksAt::outside},
    {"the Multi is never told to invert while the SoC rule holds", "M95, M121",
     [](const View& v) { return told(v) && v.e.inputs.soc_rule != SocRule::none; },
     [](const View& v) { return !may_invert(v.out().multi->mode); }},
    {"the SoC rule takes no charging away: charger-only where that is wished and obeyed", "M95, M121",
     [](const View& v) {
         return told(v) && v.e.inputs.soc_rule != SocRule::none && v.charge &&
                may_charge(v.after().wish.mode.value_or(Mode::off)) && !v.after().discharge_not_obeyed;
     },
     [](const View& v) {
         return v.out().multi->mode == Mode::charger_only && v.out().multi->charge == ChargeOrder::allow;
     }},
    {"the Multi is never told to charge as it likes while chargers are off", "M12, M135",
     [](const View& v) { return told(v) && !v.charge; },
     [](const View& v) { return v.out().multi->charge != ChargeOrder::allow; }, LooksAt::outside},
    {"what is forbidden to the Multi is repeated", "decisions 6",
     [](const View& v) { return told(v) && (!v.loads || !v.charge || v.e.inputs.soc_rule != SocRule::none); },
     [](const View& v) { return v.out().multi->insist; }},
    {"reduced charging is for a high cell alone, bounded and obeyed: the one exception",
     "M11, M135, decisions 4",
     [](const View& v) { return told(v) && v.out().multi->charge == ChargeOrder::reduce; },
     reduce_is_the_named_exception},
    {"the user's last word is the wish, also under a veto; beside a Digital Multi Control D-Bus has none",
     "M29, M106", [](const View& v) { return word_of_user(v.e.inputs).has_value(); },
     [](const View& v) { return v.after().wish.mode == word_of_user(v.e.inputs); }},
    {"an alarm says that the Multi goes on, exactly when it does after being told off", "decisions 6",
     [](const View&) { return true; }, last_rung_is_reached_exactly_when_disobeyed},
    {"the standby line is held an attempt's time, never against the wish, with loads off only for AC", "M62",
     [](const View& v) { return v.out().vebus_standby == Line::high; }, standby_is_bounded},
    {"attempts to wake the Multi of an empty battery are spaced, whatever AC does", "M62",
     attempt_begins_again, attempt_has_waited},
    {"a Multi that goes on inverting is given charger-only again only with AC", "M62, decisions 6",
     [](const View& v) {
         const bool forbidden = !v.loads || v.e.inputs.soc_rule != SocRule::none;
         return v.e.from.discharge_not_obeyed && !v.after().discharge_not_obeyed && forbidden;
     },
     retry_needs_ac},
    {"panel-detect is held exactly while the Multi is commanded", "decisions 5",
     [](const View&) { return true; }, panel_detect_is_ours_to_hold},
});

} // namespace

std::span<const Property> multi_properties() { return properties; }

} // namespace bms::test
