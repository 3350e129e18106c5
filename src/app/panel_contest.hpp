// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/core/command.hpp"

namespace bms::app {

/// Does another remote keep switching the Multi against what we tell it under a veto? Neither side of VE.Bus
/// has precedence: the last command counts [R].
class PanelContest {
  public:
    /// told: under a veto what the Multi is told, else nullopt. shown: its remote bits.
    void update(std::optional<core::Mode> told, std::optional<core::Mode> shown) {
        if (told != told_) {
            told_ = told;
            followed_ = false;
            times_ = 0;
        }
        if (!told_ || !shown) {
            return;
        }
        if (followed_ && *shown != *told_) {
            ++times_;
        }
        followed_ = *shown == *told_;
    }
    /// Once may be the restart of a Multi.
    bool goes_on() const { return times_ >= 3; }

  private:
    std::optional<core::Mode> told_;
    bool followed_ = false;
    int times_ = 0;
};

} // namespace bms::app
