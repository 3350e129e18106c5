// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Another program on the bus, which sees the daemon as Venus OS does. Values are words, as in the fixture.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace bms::test {

class BusClient {
  public:
    using Items = std::map<std::string, std::string>;

    /// Listens from now on. The name may come later.
    explicit BusClient(std::string service);
    ~BusClient();
    BusClient(const BusClient&) = delete;
    BusClient& operator=(const BusClient&) = delete;

    std::string item(const std::string& path);
    int write(const std::string& path, int value);
    int write(const std::string& path, const std::string& text);

    /// Every item as it was when the name appeared; empty until then.
    Items items_at_first_sight() const;
    /// Called from another thread with every changed item.
    void on_change(std::function<void(const std::string& path, const std::string& word)>);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace bms::test
