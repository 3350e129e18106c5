// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// com.victronenergy.settings as Venus OS has it: settings are added by a call, kept, and a change is told by
// PropertiesChanged on the leaf.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace bms::test {

class FakeSettings {
  public:
    enum class Answers { well, only_add_setting, garbage };

    /// Has no name yet.
    explicit FakeSettings(Answers = Answers::well);
    ~FakeSettings();
    FakeSettings(const FakeSettings&) = delete;
    FakeSettings& operator=(const FakeSettings&) = delete;

    void take();
    /// Kept from an earlier life.
    void preset(const std::string& path, const std::string& value);
    /// As by the user in the GUI.
    void change(const std::string& path, const std::string& value);
    std::string value(const std::string& path) const; ///< "none" when it was never added
    bool becomes(const std::string& path, const std::string& wanted) const; ///< within 10 s

  private:
    using Properties = std::map<std::string, sdbus::Variant>;

    std::string add(const std::string& path, const std::string& initial);
    std::vector<Properties> add_all(const std::vector<Properties>&);
    void add_object(const std::string& path);

    mutable std::recursive_mutex mutex_;
    std::map<std::string, std::string> values_;
    std::unique_ptr<sdbus::IConnection> bus_;
    std::unique_ptr<sdbus::IObject> root_;
    std::map<std::string, std::unique_ptr<sdbus::IObject>> objects_;
};

} // namespace bms::test
