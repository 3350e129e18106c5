// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A dbus-daemon of the test's own, which can be killed, started again and made silent.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>

namespace bms::test {

/// Sets DBUS_SESSION_BUS_ADDRESS and DBUS_SYSTEM_BUS_ADDRESS to itself.
class PrivateBus {
  public:
    enum class Begin { running, stopped };

    /// Any user may own and send anything.
    static const std::string everything_allowed;

    /// rules: policies, limits and includes of its configuration.
    explicit PrivateBus(Begin = Begin::running, const std::string& rules = everything_allowed);
    ~PrivateBus();
    PrivateBus(const PrivateBus&) = delete;
    PrivateBus& operator=(const PrivateBus&) = delete;

    /// Waits until the bus accepts connections. Always at the same address.
    void start();
    /// SIGKILL: every connection breaks.
    void kill();
    /// SIGTERM, and its end awaited: it closes its connections in order.
    void end();
    /// SIGSTOP and SIGCONT: connections are accepted by the kernel, and nothing answers.
    void silence();
    void wake();

    const std::string& address() const { return address_; }
    /// Where its socket is. Only its own user may look into it.
    const std::filesystem::path& folder() const { return folder_; }

  private:
    void end_by(int signal_number);

    std::filesystem::path folder_;
    std::string address_;
    pid_t pid_ = -1;
};

} // namespace bms::test
