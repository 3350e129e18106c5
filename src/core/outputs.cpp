// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/core/outputs.hpp"

#include "multi.hpp"

#include <cstdlib>

namespace bms::core {
namespace {

Line high_if(bool on) { return on ? Line::high : Line::floating; }

/// Both allow loops open, and both opened within the window: far more likely a cable than two cells at once.
bool cable_fault(const State& state, const Settings& settings) {
    if (!state.low_since || !state.high_since) {
        return false;
    }
    const Duration apart = std::chrono::abs(*state.low_since - *state.high_since);
    return apart <= settings.cable_fault_window;
}

/// Off by the front switch, by the command, or charger-only with no AC to charge from (M25, M134).
bool multi_is_off(const State& state, const MultiReport& multi) {
    if (!multi.configured) {
        return state.discharge == Discharge::load_disconnect;
    }
    return multi.active == Mode::off || (no_discharge(state) && multi.ac_present == false);
}

/// With a panel on the bus the Multi's own front switch cannot start it against a veto. A link that only
/// listens is no panel, and locks nobody out; under a veto it stands all the same.
bool show_a_panel(const State& state, const Inputs& inputs, const Outputs& out) {
    return out.multi && state.power != Power::starting && (veto(state) || !inputs.multi.listen_only);
}

NotObeying not_obeying(const State& s) {
    if (s.inverts_though_off) {
        return s.charges_though_off ? NotObeying::both : NotObeying::inverts;
    }
    return s.charges_though_off ? NotObeying::charges : NotObeying::none;
}

ChargeOrder order_of(MultiCharge region) {
    switch (region) {
    case MultiCharge::allow:
        return ChargeOrder::allow;
    case MultiCharge::reduce:
        return ChargeOrder::reduce;
    default:
        return ChargeOrder::stop;
    }
}

std::optional<Command> command_of(const State& state, const Inputs& inputs, const Settings& settings) {
    if (!inputs.multi.configured || !state.wish.command) {
        return std::nullopt;
    }
    return Command{.mode = *state.wish.command,
                   .charge = order_of(state.multi_charge),
                   .limit_a =
                       state.multi_charge == MultiCharge::reduce ? settings.reduced_charge_current_a : 0,
                   .insist = veto(state) || !state.wish.acknowledged};
}

} // namespace

Outputs outputs_of(const State& state, const Inputs& inputs, const Settings& settings) {
    const bool powered = state.power == Power::on;
    const bool loads = powered && state.discharge != Discharge::load_disconnect;
    const bool charge = powered && state.charge == Charge::allowed;

    Outputs out;
    out.load_disconnect = high_if(loads);
    out.charge_disconnect = high_if(charge);
    out.pre_alarm = high_if(powered && state.discharge == Discharge::pre_alarm);
    out.vebus_standby = high_if(state.waking.standby);
    out.led_cell_low = loads;
    out.led_cell_high = powered && !charge && state.charging.cause == Cause::loop;
    out.allow_to_charge = charge;
    out.allow_to_discharge = loads;
    out.cable_fault = cable_fault(state, settings);
    out.error = out.cable_fault || state.power == Power::starting || state.power == Power::inputs_lost;
    out.quiet = state.power == Power::remote_off || (powered && multi_is_off(state, inputs.multi));
    out.multi = command_of(state, inputs, settings);
    out.vebus_panel_detect = high_if(show_a_panel(state, inputs, out));
    out.multi_not_obeying = not_obeying(state);
    out.multi_not_woken =
        state.waking.missing && !state.waking.standby && inputs.multi.configured && !inputs.multi.heard;
    return out;
}

std::optional<Command> command_on_stop(const State& state) {
    constexpr int emergency_current_a = 5; // M129
    if (!state.wish.mode) {
        return std::nullopt;
    }
    return Command{.mode = may_charge(*state.wish.mode) ? Mode::charger_only : Mode::off,
                   .charge = state.high_since ? ChargeOrder::stop : ChargeOrder::reduce,
                   .limit_a = emergency_current_a,
                   .insist = true};
}

} // namespace bms::core
