// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/record/recording.hpp"

#include <fstream>
#include <string>
#include <vector>

namespace bms::app {

/// --record FILE. Steps are noted as they happen and written after everything else of the round is done.
class Recorder {
  public:
    /// An error in words when the file cannot be written, else empty.
    std::string open(const std::string& path, const record::Header& header);

    void note(const core::Inputs& inputs, Instant at, const core::State& before,
              const core::StepResult& result);
    void write_noted();

  private:
    struct Noted {
        core::Inputs inputs;
        Instant at;
        core::State before;
        core::StepResult result;
    };
    std::ofstream file_;
    record::Writer writer_;
    std::vector<Noted> noted_;
};

} // namespace bms::app
