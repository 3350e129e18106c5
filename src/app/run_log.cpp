// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/run_log.hpp"

#include "io/boot_id.hpp"

#include <utility>

namespace bms::app {
namespace {

/// A process that dies every second must not wear the card.
constexpr Duration between_marks = 60s;

} // namespace

RunLog::RunLog(const std::string& folder, std::string version, Tell info, Tell warning)
    : file_(folder + "/run.json"),
      boot_(io::boot_id()),
      info_(std::move(info)),
      warning_(std::move(warning)) {
    mark_.boot = boot_;
    mark_.version = std::move(version);
}

void RunLog::begin(Instant now) {
    const auto text = file_.read();
    const auto last = text ? record::run_mark_from(*text) : std::nullopt;
    const std::string words = record::last_run_words(last, boot_, now);
    record::ended_by_crash(last) ? warning_(words) : info_(words);
    gap_ = record::OutputsGap(last, boot_);
    mark_.at = now;
    const bool says_it_already = record::ended_by_crash(last) && last->boot == boot_ && last->at <= now &&
                                 now - last->at < between_marks;
    if (!says_it_already) {
        file_.write(record::run_mark_text(mark_));
    }
}

void RunLog::driven(const core::Outputs& outputs, Instant now) {
    file_.outcome(); // a mark that cannot be written is only missed
    mark_.loads = outputs.load_disconnect == core::Line::high;
    mark_.chargers = outputs.charge_disconnect == core::Line::high;
    if (const auto words = gap_.follow(mark_.loads, mark_.chargers, now)) {
        info_(*words);
    }
}

void RunLog::released(record::RunEnd end, Instant now) {
    mark_.end = end;
    mark_.at = now;
}

void RunLog::end() { file_.write_now(record::run_mark_text(mark_)); }

} // namespace bms::app
