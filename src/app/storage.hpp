// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/state_file.hpp"

#include "bms/record/recording.hpp"
#include "bms/vebus/link.hpp"

#include <functional>

namespace bms::app {

/// What survives a restart: kept in one file, written on change. A new debt to the Multi is written at once,
/// for a crash may follow; that it is paid, at most once a minute. Absent is nothing stored. So
/// is broken, which is the safe direction: the Multi's present state is then the wish; but the loads that
/// only a person may restart wait for one.
class Storage {
  public:
    using Warning = std::function<void(const std::string&)>;
    /// restart_manual: what is stored and cannot be read may have been that the loads wait for a person.
    Storage(const std::string& folder, bool restart_manual, Warning warning);

    const record::StoredMemory& loaded() const { return loaded_; }

    /// Offers what should be stored; starts a write when it differs and is due.
    void keep(const record::StoredMemory& fresh, Instant now);
    /// At the end of the process: writes now.
    void keep_now(const record::StoredMemory& fresh);
    /// When keep() wants to be called again; never when nothing waits.
    Instant next_deadline() const { return waiting_ ? due_ : never; }

  private:
    void written(const std::string& error);

    io::StateFile file_;
    Warning warning_;
    record::StoredMemory loaded_;
    record::StoredMemory last_;
    std::string stored_, last_error_;
    Instant due_ = Instant::min();
    bool waiting_ = false;
};

} // namespace bms::app
