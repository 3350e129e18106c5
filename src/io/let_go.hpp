// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Output lines are held by descriptors, and the kernel releases a line when the last copy of its descriptor
// is closed. Two things keep one open after the daemon is as good as dead: a core dump being written, and a
// child that was forked.
#pragma once

namespace bms::io {

/// Closes all descriptors but stdin, stdout and stderr. May be called in a signal handler and after fork().
void let_go();

/// A crash or an abort (the supervisor's watchdog too) lets go before it dumps core: that may take as long as
/// it wants.
void let_go_on_crash();

} // namespace bms::io
