// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What Venus OS keeps for a device: its VRM instance and the owner's name for it.
#pragma once

#include "io/dbus_client.hpp"

#include <functional>
#include <string>

namespace bms::app {

inline constexpr const char* settings_service = "com.victronenergy.settings";

/// Asks com.victronenergy.settings as soon as it is there, which may be minutes after us, and follows what
/// the user changes (venus-dbus.md 5). Until then, and where the answer is nonsense, the configured values
/// hold.
class VenusSettings {
  public:
    struct Device {
        std::string unique_id;    ///< names the device for ever: "vebusbms_" and something stable
        std::string device_class; ///< "vebus" or "battery"
        int instance;             ///< asked for; the settings service grants one nobody has
        std::string custom_name;  ///< until the user gives one
    };
    struct Events {
        std::function<void()> changed; ///< instance or name differ from before, or the first answer came
        std::function<void(const std::string&)> warning;
    };

    VenusSettings(io::DbusClient&, Device, Events);

    /// The settings service has come.
    void ask();
    /// It has gone: what it said last still holds.
    void gone() { present_ = false; }
    /// Items of the settings service, some of them ours.
    void told(const io::DbusClient::Items&);

    bool answered() const { return answered_; }
    bool present() const { return present_; }
    int instance() const { return device_.instance; }
    const std::string& custom_name() const { return device_.custom_name; }

    /// Kept by the settings service. False: there is none, nothing is changed.
    bool rename(const std::string&);

  private:
    std::string path(const char* what) const;
    void granted(const std::optional<std::vector<io::DbusClient::Dictionary>>&);
    void ask_the_old_way();
    void read_back();
    void take_instance(const venus::Value&);
    void take_name(const venus::Value&);
    void answer_complete();

    io::DbusClient& bus_;
    Device device_;
    Events events_;
    bool present_ = false, answered_ = false, told_nonsense_ = false;
};

} // namespace bms::app
