// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "safety_properties.hpp"

#include "view.hpp"

namespace bms::test {
namespace {

using namespace core;

using Defect = void (*)(StepResult&);

void flip(Line& line) { line = line == Line::high ? Line::floating : Line::high; }
void flip(bool& flag) { flag = !flag; }

/// One thing changed in a result, as a defect in the core would change it.
constexpr Defect defects[] = {
    [](StepResult& r) { flip(r.outputs.load_disconnect); },
    [](StepResult& r) { flip(r.outputs.charge_disconnect); },
    [](StepResult& r) { flip(r.outputs.pre_alarm); },
    [](StepResult& r) { flip(r.outputs.vebus_standby); },
    [](StepResult& r) { flip(r.outputs.vebus_panel_detect); },
    [](StepResult& r) { flip(r.outputs.led_cell_low); },
    [](StepResult& r) { flip(r.outputs.led_cell_high); },
    [](StepResult& r) { flip(r.outputs.allow_to_charge); },
    [](StepResult& r) { flip(r.outputs.allow_to_discharge); },
    [](StepResult& r) { flip(r.outputs.error); },
    [](StepResult& r) { r.outputs.multi = {.mode = Mode::on}; },
    [](StepResult& r) { r.outputs.multi = {.mode = Mode::charger_only, .charge = ChargeOrder::reduce}; },
    [](StepResult& r) { r.outputs.multi.reset(); },
    [](StepResult& r) { r.outputs.multi_not_obeying = NotObeying::none; },
    [](StepResult& r) { r.outputs.multi_not_obeying = NotObeying::both; },
    [](StepResult& r) { r.status_led = StatusLed::dark; },
    [](StepResult& r) { r.status_led = StatusLed::alive; },
    [](StepResult& r) { r.status_led = StatusLed::rapid; },
    [](StepResult& r) { r.state.pre_alarm_since -= 3 * tick; },
    [](StepResult& r) { r.state.wish.mode = Mode::off; },
    [](StepResult& r) { r.state.wish.mode = Mode::on; },
    [](StepResult& r) { flip(r.state.restart_latched); },
    [](StepResult& r) { flip(r.state.inverts_though_off); },
    [](StepResult& r) { flip(r.state.charges_though_off); },
    [](StepResult& r) { flip(r.state.discharge_not_obeyed); },
    [](StepResult& r) { flip(r.state.charge_not_obeyed); },
    [](StepResult& r) { r.state.loads.reconnect_delay = Duration::zero(); },
    [](StepResult& r) { r.state.charging.reconnect_delay = Duration::zero(); },
    [](StepResult& r) { r.state.loads.closed_since.reset(); },
    [](StepResult& r) { r.state.charging.closed_since.reset(); },
    [](StepResult& r) { r.state.charging.cause = Cause::none; },
    [](StepResult& r) { r.state.waking.began = walk_time + tick; },
    [](StepResult& r) { r.state.waking.pause = Duration::zero(); },
    [](StepResult& r) { r.next_deadline = never; },
};

} // namespace

std::span<const Property> safety_properties() {
    static const std::vector<Property> all = [] {
        std::vector<Property> both(line_properties().begin(), line_properties().end());
        both.insert(both.end(), multi_properties().begin(), multi_properties().end());
        return both;
    }();
    return all;
}

void count_rejected(const Edge& edge, const Settings& settings, std::vector<std::size_t>& rejected) {
    const auto all = safety_properties();
    rejected.resize(all.size());
    for (const Defect make : defects) {
        StepResult result = edge.result;
        make(result);
        const Edge changed{edge.from, edge.inputs, edge.now, result};
        const View view(changed, settings);
        for (std::size_t i = 0; i < all.size(); ++i) {
            rejected[i] += all[i].concerns(view) && !all[i].holds(view);
        }
    }
}

} // namespace bms::test
