// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The core's bench with an inverter/charger on the bus.
#pragma once

#include "support/core_fixture.hpp"

#include <gtest/gtest.h>

namespace bms::test {

inline core::MultiReport reporting(core::Mode mode, std::optional<int> charge_current_da = 0) {
    return {.configured = true,
            .heard = true,
            .remote = mode,
            .front = core::Mode::on,
            .active = mode,
            .charge_current_da = charge_current_da};
}

struct WithMulti : CoreBench, testing::Test {
    WithMulti() {
        inputs.multi = reporting(core::Mode::on);
        start();
    }
    void low_cell() {
        discharge_loop(false);
        run(30s + 20ms);
    }
    /// The Multi does what it is told.
    void obey() { multi(reporting(commanded())); }
};

} // namespace bms::test
