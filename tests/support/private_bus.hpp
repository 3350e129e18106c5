// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A dbus-daemon of the test's own, which can be killed, started again and made silent.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>

namespace bms::test {

/// Sets DBUS_SESSION_BUS_ADDRESS and DBUS_SYSTEM_BUS_ADDRESS to itself. Any user may own and send anything.
class PrivateBus {
  public:
    enum class Begin { running, stopped };

    explicit PrivateBus(Begin = Begin::running);
    ~PrivateBus();
    PrivateBus(const PrivateBus&) = delete;
    PrivateBus& operator=(const PrivateBus&) = delete;

    /// Waits until the bus accepts connections. Always at the same address.
    void start();
    /// SIGKILL: every connection breaks.
    void kill();
    /// SIGSTOP and SIGCONT: connections are accepted by the kernel, and nothing answers.
    void silence();
    void wake();

    const std::string& address() const { return address_; }

  private:
    std::filesystem::path folder_;
    std::string address_;
    pid_t pid_ = -1;
};

} // namespace bms::test
