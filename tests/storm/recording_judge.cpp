// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "storm/recording_judge.hpp"

#include "exhaustive/safety_properties.hpp"
#include "exhaustive/view.hpp"

#include "bms/record/recording.hpp"

#include <algorithm>

namespace bms::test {
namespace {

using namespace core;

LineReading debounced(const Debouncer& line) {
    const Level level = line.value.value_or(false) ? Level::active : Level::inactive;
    return {line.value ? level : Level::unknown, line.raw.since};
}

/// The inputs as the decisions of this step had them.
Inputs debounced(Inputs in, const State& after) {
    in.allow_to_charge = debounced(after.allow_to_charge);
    in.allow_to_discharge = debounced(after.allow_to_discharge);
    in.pre_alarm = debounced(after.pre_alarm);
    in.remote_h = debounced(after.remote_h);
    in.remote_l = debounced(after.remote_l);
    return in;
}

std::string broken(const Edge& edge, const Settings& settings) {
    const View view(edge, settings, debounced(edge.inputs, edge.result.state));
    for (const Property& p : safety_properties()) {
        if (p.concerns(view) && !p.holds(view)) {
            return std::string(p.text) + " (" + p.source + ")";
        }
    }
    return {};
}

struct Shown {
    Instant at;
    bool loads, charge, pre_alarm;
};

bool shows(const Shown& s, const Observation& o) {
    return s.loads == o.load_disconnect && s.charge == o.charge_disconnect && s.pre_alarm == o.pre_alarm_out;
}

/// The core gave these outputs: last, or within `late`.
bool was_given(const std::vector<Shown>& given, const Observation& o, Duration late) {
    auto next = std::upper_bound(given.begin(), given.end(), o.at,
                                 [](Instant at, const Shown& s) { return at < s.at; });
    while (next != given.begin()) {
        --next;
        if (shows(*next, o)) {
            return true;
        }
        if (next->at + late < o.at) {
            return false;
        }
    }
    return true; // nothing is given yet
}

} // namespace

RecordingVerdict judge_recording(std::istream& recording, const std::vector<Observation>& seen,
                                 Duration late) {
    RecordingVerdict verdict;
    record::Reader reader;
    std::string line;
    std::getline(recording, line);
    const auto header = reader.header(line);
    if (!header) {
        verdict.wrong = "the recording cannot be read: " + reader.error();
        return verdict;
    }
    std::vector<Shown> given;
    State state = initial_state(header->memory);
    while (std::getline(recording, line) && !recording.eof()) { // a line without an end was cut off by a kill
        const auto entry = reader.entry(line);
        if (!entry) {
            verdict.wrong = "the recording cannot be read: " + reader.error();
            return verdict;
        }
        ++verdict.steps;
        const StepResult result = step(state, entry->inputs, header->settings, entry->at);
        std::string wrong = broken({state, entry->inputs, entry->at, result}, header->settings);
        if (record::words_of(result.moves) != entry->moves) {
            wrong = "the core decides the same again";
        }
        if (!wrong.empty()) {
            verdict.wrong =
                wrong + ", at step " + std::to_string(verdict.steps) + " of the recording: " + line;
            return verdict;
        }
        state = result.state;
        given.push_back({entry->at, result.outputs.load_disconnect == Line::high,
                         result.outputs.charge_disconnect == Line::high,
                         result.outputs.pre_alarm == Line::high});
    }
    for (const Observation& o : seen) {
        if (!was_given(given, o, late)) {
            verdict.wrong = "the outputs show what the core gave, at " + in_words(o);
            return verdict;
        }
    }
    return verdict;
}

} // namespace bms::test
