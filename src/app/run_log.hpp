// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/state_file.hpp"

#include "bms/core/outputs.hpp"
#include "bms/record/run_mark.hpp"

#include <functional>

namespace bms::app {

/// Says at the start how the last run ended, and how long a planned restart kept the outputs off. A run that
/// crashes leaves the mark it made at its start; in a series of crashes it is written once a minute at most.
class RunLog {
  public:
    using Tell = std::function<void(const std::string&)>;
    RunLog(const std::string& folder, std::string version, Tell info, Tell warning);

    void begin(Instant now);
    /// Each round: what is driven.
    void driven(const core::Outputs& outputs, Instant now);
    /// The outputs are about to be released: what driven() said last was until now.
    void released(record::RunEnd end, Instant now);
    /// The last thing a run that was told to end does.
    void end();

  private:
    io::StateFile file_;
    std::string boot_;
    Tell info_, warning_;
    record::RunMark mark_;
    record::OutputsGap gap_;
};

} // namespace bms::app
