// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// How the daemon ends: outputs first, then what the Multi is left with, then what is stored.
#include "app/daemon.hpp"
#include "io/clock.hpp"
#include "io/log.hpp"
#include "io/notify.hpp"

#include "bms/core/words.hpp"

#include <algorithm>
#include <utility>

namespace bms::app {
namespace {

constexpr Duration stop_waits_at_most = 2s;

} // namespace

record::StoredMemory Daemon::to_store(const core::Memory& memory) const {
    record::StoredMemory stored{.memory = memory,
                                .originals = link_ ? link_->status().originals : vebus::Originals{}};
    soc_->store(stored);
    return stored;
}

void Daemon::release_outputs(record::RunEnd end, std::function<void()> done) {
    stopping_ = true;
    stopped_ = std::move(done);
    const Instant now = io::monotonic_now();
    stop_by_ = now + stop_waits_at_most;
    run_log_.released(end, now);
    lines_->release();
}

void Daemon::hand_over(std::function<void()> done) {
    release_outputs(record::RunEnd::restart, std::move(done));
    io::notify_reloading();
    io::log::info("handing over to the program that is installed now: outputs released");
    finish_stop();
}

void Daemon::stop(std::function<void()> done) {
    release_outputs(record::RunEnd::stop, std::move(done));
    io::notify_stopping();
    io::log::info("stopping: outputs released");
    const bool is_told = link_ && config_.vebus.on_stop == config::OnStop::emergency &&
                         link_->status().heard && link_->status().listen_only_reason.empty();
    left_with_ = is_told ? core::command_on_stop(state_) : std::nullopt;
    if (left_with_) {
        link_->want(left_with_, false);
    }
    finish_stop();
}

/// Ends when the Multi shows what it was left with, or when that takes too long.
void Daemon::finish_stop() {
    if (!stopped_) {
        return; // done: the report that it obeys has come inside a call of ours
    }
    const Instant now = io::monotonic_now();
    const bool obeyed = left_with_ && link_->obeyed(left_with_->mode);
    if (left_with_ && !obeyed && now < stop_by_) {
        call_at(std::min(stop_by_, link_->next_deadline()), [this] {
            link_->run(io::monotonic_now());
            finish_stop();
        });
        return;
    }
    core::Memory memory = core::memory_of(state_);
    if (left_with_) {
        memory.wish = state_.wish.mode;
        const std::string mode(word(left_with_->mode));
        obeyed ? io::log::info("the Multi is left " + mode)
               : io::log::warning("the Multi has not confirmed " + mode +
                                  ": check it before you leave the system");
    }
    storage_.keep_now(to_store(memory));
    after_low_cell_.stop(now);
    run_log_.end();
    call_nobody();
    if (const auto done = std::exchange(stopped_, nullptr)) {
        done();
    }
}

} // namespace bms::app
