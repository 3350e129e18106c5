// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/venus_settings.hpp"

#include "bms/venus/item_tree.hpp"

#include <charconv>
#include <utility>

namespace bms::app {

namespace {

constexpr const char* instance_setting = "ClassAndVrmInstance";
constexpr const char* name_setting = "CustomName";
constexpr int highest_instance = 65535;

/// "vebus:41"
std::optional<int> instance_in(const venus::Value& value, const std::string& device_class) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !text->starts_with(device_class + ":")) {
        return std::nullopt;
    }
    const char* begin = text->data() + device_class.size() + 1;
    const char* end = text->data() + text->size();
    int number = -1;
    const auto read = std::from_chars(begin, end, number);
    const bool whole = read.ec == std::errc{} && read.ptr == end && number >= 0 && number <= highest_instance;
    return whole ? std::optional(number) : std::nullopt;
}

} // namespace

VenusSettings::VenusSettings(io::DbusClient& bus, Device device, Events events)
    : bus_(bus), device_(std::move(device)), events_(std::move(events)) {}

std::string VenusSettings::path(const char* what) const {
    return "Devices/" + device_.unique_id + "/" + what;
}

void VenusSettings::ask() {
    present_ = true;
    const std::string wanted = device_.device_class + ":" + std::to_string(device_.instance);
    bus_.add_settings(settings_service,
                      {{{"path", path(instance_setting)}, {"default", wanted}},
                       {{"path", path(name_setting)}, {"default", device_.custom_name}}},
                      [this](const auto& answer) { granted(answer); });
}

void VenusSettings::granted(const std::optional<std::vector<io::DbusClient::Dictionary>>& answer) {
    if (!answer) {
        ask_the_old_way();
        return;
    }
    for (const auto& setting : *answer) {
        const auto name = setting.find("path"), value = setting.find("value");
        if (name == setting.end() || value == setting.end()) {
            continue;
        }
        if (name->second == venus::Value{path(instance_setting)}) {
            take_instance(value->second);
        } else if (name->second == venus::Value{path(name_setting)}) {
            take_name(value->second);
        }
    }
    answer_complete();
}

/// AddSettings is of 2019; before, settings were added one by one and read back.
void VenusSettings::ask_the_old_way() {
    const std::string group = "Devices/" + device_.unique_id;
    const std::string wanted = device_.device_class + ":" + std::to_string(device_.instance);
    bus_.add_setting(settings_service, {group, instance_setting, wanted, 's'}, [](const auto&) {});
    bus_.add_setting(settings_service, {group, name_setting, device_.custom_name, 's'},
                     [this](const auto& done) { done == 0 ? read_back() : answer_complete(); });
}

void VenusSettings::read_back() {
    const std::string root = "/Settings/";
    bus_.get_value(settings_service, root + path(name_setting),
                   [this](const auto& value) { take_name(value.value_or(venus::Value{})); });
    bus_.get_value(settings_service, root + path(instance_setting), [this](const auto& value) {
        take_instance(value.value_or(venus::Value{}));
        answer_complete();
    });
}

void VenusSettings::told(const io::DbusClient::Items& items) {
    const std::string root = "/Settings/";
    const auto name = items.find(root + path(name_setting));
    const auto instance = items.find(root + path(instance_setting));
    if (name != items.end()) {
        take_name(name->second);
    }
    if (instance != items.end()) {
        take_instance(instance->second);
    }
    if (answered_ && (name != items.end() || instance != items.end())) {
        events_.changed();
    }
}

void VenusSettings::take_instance(const venus::Value& value) {
    if (const auto number = instance_in(value, device_.device_class)) {
        device_.instance = *number;
    } else if (!std::exchange(told_nonsense_, true)) {
        events_.warning(std::string(settings_service) + " gives no VRM instance for " + device_.unique_id +
                        " that can be understood: " + std::to_string(device_.instance) + " is used");
    }
}

void VenusSettings::take_name(const venus::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr && text->size() <= venus::max_text_bytes) {
        device_.custom_name = *text;
    }
}

void VenusSettings::answer_complete() {
    answered_ = true;
    events_.changed();
}

bool VenusSettings::rename(const std::string& name) {
    if (!present_) {
        return false;
    }
    const std::string before = std::exchange(device_.custom_name, name);
    bus_.set_value(settings_service, "/Settings/" + path(name_setting), name,
                   [this, before](const auto& code) {
                       if (code != 0) {
                           device_.custom_name = before;
                           events_.warning("the name was not kept: " + std::string(settings_service) +
                                           " refused it or did not answer");
                           events_.changed();
                       }
                   });
    return true;
}

} // namespace bms::app
