// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Another program's service on the bus, with a connection and a thread of its own.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace bms::test {

class FakeService {
  public:
    using Values = std::map<std::string, sdbus::Variant>;

    /// How it tells, as the programs of Venus OS do.
    enum class Kind {
        batched,      ///< GetItems, and ItemsChanged on "/"
        leaf_by_leaf, ///< no GetItems; PropertiesChanged on the leaf
        garbage,      ///< answers every question with something else
    };

    /// Has no name yet.
    FakeService(Kind, Values);
    ~FakeService();
    FakeService(const FakeService&) = delete;
    FakeService& operator=(const FakeService&) = delete;

    void take(const std::string& name);
    void release(const std::string& name);

    /// Changes values of items that exist, and tells it.
    void change(const Values&);
    sdbus::Variant value(const std::string& path) const;
    /// SetValue calls so far, in order.
    std::vector<std::pair<std::string, sdbus::Variant>> written() const;
    /// What SetValue answers; 0 takes the value and tells it.
    std::atomic<std::int32_t> answer{0};

  private:
    using Properties = std::map<std::string, sdbus::Variant>;
    using Items = std::map<std::string, Properties>;

    void add_item(const std::string& path);
    void add_root();
    std::int32_t set(const std::string& path, const sdbus::Variant&);
    Items items(const Values&) const;

    const Kind kind_;
    mutable std::mutex mutex_;
    Values values_;
    std::vector<std::pair<std::string, sdbus::Variant>> written_;
    std::unique_ptr<sdbus::IConnection> bus_;
    std::map<std::string, std::unique_ptr<sdbus::IObject>> objects_;
};

} // namespace bms::test
