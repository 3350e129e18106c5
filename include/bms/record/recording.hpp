// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A recording: what the core was given and what it did, as JSON lines. Since the core is pure, the same lines
// give the same moves on any machine: a field report is a test case.
#pragma once

#include "bms/core/step.hpp"
#include "bms/vebus/originals.hpp"

#include <optional>
#include <string>
#include <vector>

namespace bms::record {

/// First line: everything a replay needs to begin.
struct Header {
    std::string version; ///< of the program that recorded
    core::Settings settings;
    core::Memory memory;
};

/// One step that mattered: an input had changed, or the state did.
struct Entry {
    Instant at;
    core::Inputs inputs;
    struct MoveWords {
        std::string region, from, to;
        bool operator==(const MoveWords&) const = default;
    };
    std::vector<MoveWords> moves;
};

/// Turns steps into lines; each line holds only the inputs that differ from the line before.
class Writer {
  public:
    std::string header(const Header& header) const;
    /// nullopt: nothing changed, nothing to write.
    std::optional<std::string> step(const core::Inputs& inputs, Instant now, const core::State& before,
                                    const core::StepResult& result);

  private:
    std::optional<core::Inputs> last_;
};

/// Reads lines back. Errors are words that name the line.
class Reader {
  public:
    std::optional<Header> header(const std::string& line);
    std::optional<Entry> entry(const std::string& line);
    const std::string& error() const { return error_; }

  private:
    core::Inputs inputs_;
    std::size_t line_ = 0;
    std::string error_;
};

std::vector<Entry::MoveWords> words_of(const core::Moves& moves);

/// The state folder's file: what survives a restart. A broken one reads as nothing stored.
struct StoredMemory {
    core::Memory memory;
    vebus::Originals originals;
    bool soc_rule_tripped = false;
    bool soc_rule_overruled = false; ///< by a person, and only where it has tripped
};
std::string memory_text(const StoredMemory& stored);
std::optional<StoredMemory> memory_from(const std::string& text);

} // namespace bms::record
