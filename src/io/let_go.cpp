// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/let_go.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <unistd.h>

namespace bms::io {
namespace {

constexpr int first_after_stderr = 3;

/// The action is the default one again by now (SA_RESETHAND).
void on_crash(int signal_number) {
    let_go();
    ::raise(signal_number);
}

} // namespace

void let_go() { ::closefrom(first_after_stderr); }

void let_go_on_crash() {
    constexpr std::size_t enough = 16384;
    static std::array<std::byte, enough> stack; // of its own: the crash may be an overflow of the other one
    stack_t alternative{};
    alternative.ss_sp = stack.data();
    alternative.ss_size = stack.size();
    ::sigaltstack(&alternative, nullptr);
    struct sigaction action {};
    action.sa_handler = on_crash;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
    for (const int crash : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS}) {
        ::sigaction(crash, &action, nullptr);
    }
}

} // namespace bms::io
