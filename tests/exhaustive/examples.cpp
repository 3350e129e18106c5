// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "plans.hpp"
#include "script.hpp"
#include "view.hpp"

namespace bms::test {
namespace {

using namespace core;

bool always(const View&) { return true; }

/// The shortest way to what is said never to come.
std::string scenario_to(const char* text, bool (*never_comes)(const View&)) {
    const Property property{text, "wrong on purpose", always, never_comes};
    WalkPlan plan = lines_plan();
    plan.properties = {&property, 1};
    return walk(plan).scenario;
}

} // namespace

std::vector<Example> examples() {
    return {
        {"low-cell", scenario_to("a low cell never takes the loads off",
                                 [](const View& v) { return !v.loads_before || v.loads || !v.on; })},
        {"loads-back", scenario_to("loads never come back after a low cell",
                                   [](const View& v) {
                                       return v.loads_before || !v.loads ||
                                              v.e.from.loads.cause != Cause::loop;
                                   })},
        {"lost-line", scenario_to("chargers never come back after a lost line",
                                  [](const View& v) {
                                      return v.charge_before || !v.charge ||
                                             v.e.from.charging.cause != Cause::inputs_lost;
                                  })},
    };
}

} // namespace bms::test
