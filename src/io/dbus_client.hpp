// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The other services of Venus OS, as a client sees them.
#pragma once

#include "io/dbus_bus.hpp"

#include "bms/venus/value.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace bms::io {

/// On a connection of its own that has no name: systemcalc maps what a connection says by its name, so a
/// service never calls others on its own one. Comes back by itself after a loss, with a fresh list of names.
///
/// No call waits for the bus and none throws. What another service answers is not trusted: an error, garbage,
/// no answer within 5 s, or no bus are all an empty optional; a value of a type that items do not have is
/// invalid. Every `done` is called exactly once, from the event loop and never from inside the call, unless
/// the client goes before. Callbacks may call the client, but not destroy it.
class DbusClient {
  public:
    using Items = std::map<std::string, venus::Value>; ///< by path, "/Dc/0/Voltage"
    using Dictionary = std::map<std::string, venus::Value>;
    template<typename T>
    using Done = std::function<void(std::optional<T>)>;

    struct Events {
        /// Names that begin with com.victronenergy. A name whose owner changes has vanished and appeared.
        std::function<void(const std::string&name)> appeared, vanished;
        /// All names that are there have appeared: once a connection.
        std::function<void()> listed;
        /// The bus is gone, and every name with it; vanished is not called for each.
        std::function<void()> lost;
        std::function<void(const std::string&)> info, warning;
    };

    /// Starts to connect.
    DbusClient(boost::asio::io_context&, BusChoice, Events);
    ~DbusClient();
    DbusClient(const DbusClient&) = delete;
    DbusClient& operator=(const DbusClient&) = delete;

    bool listed() const;
    /// Those present that begin with `prefix`: "com.victronenergy.solarcharger.".
    std::vector<std::string> names(std::string_view prefix) const;
    bool present(const std::string& name) const;
    /// The connection that holds the name, ":1.42"; empty: nobody, or not known yet.
    std::string owner(const std::string& name) const;

    void get_value(const std::string& service, const std::string& path, Done<venus::Value>);
    /// GetItems of "/"; of a service without it, GetValue of "/".
    void get_items(const std::string& service, const Done<Items>&);
    /// SetValue: 0 is done, anything else refused.
    void set_value(const std::string& service, const std::string& path, const venus::Value&,
                   const Done<std::int32_t>&);

    /// Told all items as soon as the service is there, and again each time it comes back; then what changes,
    /// by ItemsChanged or PropertiesChanged. The bus sorts by sender: other services' signals never wake us.
    /// Lasts over losses until unfollow(). One follower a service; a second follow() replaces the first.
    void follow(const std::string& service, std::function<void(const Items&)> changed);
    void unfollow(const std::string& service);

    /// com.victronenergy.Settings.AddSettings on /Settings: each dictionary has at least path and default,
    /// each answered one path, error and value.
    void add_settings(const std::string& service, const std::vector<Dictionary>&,
                      Done<std::vector<Dictionary>>);

    struct OldSetting {
        std::string group, name; ///< "Devices/vebusbms_1", "CustomName"
        venus::Value initial;
        char type; ///< 's', 'i' or 'f'
        std::int32_t min = 0, max = 0;
    };
    /// AddSetting, for a settings service without AddSettings. 0 is done.
    void add_setting(const std::string& service, const OldSetting&, const Done<std::int32_t>&);

    /// Calls that are not answered yet; more end at once without an answer.
    static constexpr std::size_t most_calls = 256;
    /// Of one answer; what is beyond is left out.
    static constexpr std::size_t most_items = 4096;
    /// Names watched at once.
    static constexpr std::size_t most_names = 512;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace bms::io
