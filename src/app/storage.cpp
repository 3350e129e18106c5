// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/storage.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace bms::app {
namespace {

constexpr Duration shortest_interval = 60s; // a worn SD card is a dead boat
constexpr Duration under_way = 1s;          // the write before still runs

/// What a file that is absent says.
std::string nothing_stored() { return record::memory_text({}); }

template<typename T>
bool appeared(const std::optional<T>& now, const std::optional<T>& before) {
    return now && now != before;
}

/// A debt that was there before with the same values is no new one.
bool owes_more(const vebus::Originals& now, const vebus::Originals& before) {
    return std::any_of(now.begin(), now.end(), [&](const vebus::UnitOriginals& owed) {
        return std::none_of(before.begin(), before.end(), [&](const vebus::UnitOriginals& was) {
            return was.unit == owed.unit && !appeared(owed.flags0, was.flags0) &&
                   !appeared(owed.bulk_current_a, was.bulk_current_a);
        });
    });
}

/// Lost by a crash, this would leave the Multi down, or it or the loads to come back or go off unasked.
bool owes_more(const record::StoredMemory& now, const record::StoredMemory& before) {
    return appeared(now.memory.wish, before.memory.wish) || owes_more(now.originals, before.originals) ||
           (now.memory.restart_latched && !before.memory.restart_latched) ||
           (now.soc_rule_tripped && !before.soc_rule_tripped) ||
           (now.soc_rule_overruled && !before.soc_rule_overruled);
}

} // namespace

Storage::Storage(const std::string& folder, bool restart_manual, Warning warning)
    : file_(folder + "/memory.json"), warning_(std::move(warning)) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const std::string path = folder + "/memory.json";
    const auto content = file_.read();
    if (!content && !std::filesystem::exists(path, error)) {
        return;
    }
    if (const auto memory = record::memory_from(content.value_or(""))) {
        loaded_ = last_ = *memory;
        stored_ = *content;
        return;
    }
    loaded_.memory.restart_latched = restart_manual;
    warning_(path + " cannot be read: starting as if nothing was stored" +
             (restart_manual ? ", but loads wait for your word (vebus-bmsctl restart-loads)" : ""));
}

void Storage::keep(const record::StoredMemory& fresh, Instant now) {
    if (const auto outcome = file_.outcome()) {
        written(*outcome);
    }
    const std::string text = record::memory_text(fresh);
    waiting_ = text != stored_ && !(stored_.empty() && text == nothing_stored());
    if (!waiting_ || (now < due_ && !owes_more(fresh, last_))) {
        return;
    }
    if (file_.write(text)) {
        stored_ = text;
        last_ = fresh;
        waiting_ = false;
        due_ = now + shortest_interval;
    } else {
        due_ = now + under_way;
    }
}

/// A write that failed is tried again when the next one is due, and told once.
void Storage::written(const std::string& error) {
    if (!error.empty()) {
        stored_ = "not known";
    }
    if (std::exchange(last_error_, error) != error && !error.empty()) {
        warning_(error + ". Protection goes on; what the Multi is owed would not survive a restart.");
    }
}

void Storage::keep_now(const record::StoredMemory& fresh) {
    const std::string text = record::memory_text(fresh);
    if (const auto outcome = file_.wait()) {
        written(*outcome);
    }
    if (text == stored_ || (stored_.empty() && text == nothing_stored())) {
        return;
    }
    if (const auto error = file_.write_now(text)) {
        warning_(*error);
    }
}

} // namespace bms::app
