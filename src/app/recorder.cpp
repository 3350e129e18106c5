// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/recorder.hpp"

#include <cerrno>
#include <cstring>

namespace bms::app {

std::string Recorder::open(const std::string& path, const record::Header& header) {
    file_.open(path, std::ios::trunc);
    if (!file_) {
        return "cannot write the recording " + path + ": " + std::strerror(errno);
    }
    file_ << writer_.header(header) << '\n' << std::flush;
    return {};
}

void Recorder::note(const core::Inputs& inputs, Instant at, const core::State& before,
                    const core::StepResult& result) {
    noted_.push_back({inputs, at, before, result});
}

void Recorder::write_noted() {
    for (const Noted& n : noted_) {
        if (const auto line = writer_.step(n.inputs, n.at, n.before, n.result)) {
            file_ << *line << '\n';
        }
    }
    if (!noted_.empty()) {
        file_.flush();
    }
    noted_.clear();
}

} // namespace bms::app
