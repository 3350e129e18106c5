// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/storage.hpp"

#include <filesystem>

namespace bms::app {
namespace {

constexpr Duration shortest_interval = 60s; // a worn SD card is a dead boat

std::string text_of(const core::Memory& memory, const vebus::Originals& originals) {
    return record::memory_text(memory, originals.flags0, originals.bulk_current_a);
}

} // namespace

Storage::Storage(const std::string& folder, Warning warning)
    : file_(folder + "/memory.json"), warning_(std::move(warning)) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const auto content = file_.read();
    if (!content) {
        return;
    }
    if (const auto memory = record::memory_from(*content)) {
        loaded_ = *memory;
        stored_ = *content;
    } else {
        warning_(folder + "/memory.json cannot be read: starting as if nothing was stored");
    }
}

void Storage::keep(const core::Memory& memory, const vebus::Originals& originals, Instant now) {
    if (const auto outcome = file_.outcome(); outcome && !outcome->empty()) {
        warning_(*outcome + ". Protection goes on; what the Multi is owed would not survive a restart.");
    }
    const std::string text = text_of(memory, originals);
    const bool differs = text != stored_ && !(stored_.empty() && text == text_of({}, {}));
    waiting_ = differs;
    if (differs && now >= due_) {
        due_ = now + shortest_interval;
        if (file_.write(text)) {
            stored_ = text;
            waiting_ = false;
        }
    }
}

void Storage::keep_now(const core::Memory& memory, const vebus::Originals& originals) {
    const std::string text = text_of(memory, originals);
    if (text == stored_ || (stored_.empty() && text == text_of({}, {}))) {
        return;
    }
    if (const auto error = file_.write_now(text)) {
        warning_(*error);
    }
}

} // namespace bms::app
