// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/fake_settings.hpp"

#include "io/sdbus_compat.hpp"

#include <chrono>
#include <thread>

namespace bms::test {

using sdbus::Variant;
namespace compat = io::compat;

namespace {
constexpr const char* bus_item = "com.victronenergy.BusItem";
}

FakeSettings::FakeSettings(Answers answers) : bus_(sdbus::createSessionBusConnection()) {
    root_ = sdbus::createObject(*bus_, compat::ObjectPath{"/Settings"});
    compat::InterfaceBuilder builder(*root_, "com.victronenergy.Settings");
    if (answers == Answers::garbage) {
        builder.method("AddSettings", [](const std::vector<Properties>&) { return std::string("what?"); });
    } else {
        if (answers == Answers::well)
            builder.method("AddSettings",
                           [this](const std::vector<Properties>& all) { return add_all(all); });
        builder.method("AddSetting",
                       [this](const std::string& group, const std::string& name, const Variant& initial,
                              const std::string&, const Variant&, const Variant&) {
                           add("/Settings/" + group + "/" + name, initial.get<std::string>());
                           return std::int32_t{0};
                       });
    }
    builder.publish();
    bus_->enterEventLoopAsync();
}

FakeSettings::~FakeSettings() { bus_->leaveEventLoop(); }

void FakeSettings::take() { bus_->requestName(compat::ServiceName{"com.victronenergy.settings"}); }

void FakeSettings::preset(const std::string& path, const std::string& value) { add(path, value); }

std::string FakeSettings::add(const std::string& path, const std::string& initial) {
    const std::scoped_lock lock(mutex_);
    if (values_.emplace(path, initial).second)
        add_object(path);
    return values_.at(path);
}

std::vector<FakeSettings::Properties> FakeSettings::add_all(const std::vector<Properties>& all) {
    std::vector<Properties> granted;
    for (const Properties& wanted : all) {
        const auto path = wanted.at("path").get<std::string>();
        const auto value = add("/Settings/" + path, wanted.at("default").get<std::string>());
        granted.push_back(
            {{"path", Variant{path}}, {"error", Variant{std::int32_t{0}}}, {"value", Variant{value}}});
    }
    return granted;
}

void FakeSettings::add_object(const std::string& path) {
    auto object = sdbus::createObject(*bus_, compat::ObjectPath{path});
    compat::InterfaceBuilder builder(*object, bus_item);
    builder.method("GetValue", [this, path] { return Variant{value(path)}; });
    builder.method("SetValue", [this, path](const Variant& offered) {
        change(path, offered.get<std::string>());
        return std::int32_t{0};
    });
    builder.signal<Properties>("PropertiesChanged");
    builder.publish();
    objects_.emplace(path, std::move(object));
}

void FakeSettings::change(const std::string& path, const std::string& value) {
    const std::scoped_lock lock(mutex_);
    values_.at(path) = value;
    const Properties told{{"Value", Variant{value}}, {"Text", Variant{value}}};
    objects_.at(path)->emitSignal("PropertiesChanged").onInterface(bus_item).withArguments(told);
}

std::string FakeSettings::value(const std::string& path) const {
    const std::scoped_lock lock(mutex_);
    const auto found = values_.find(path);
    return found == values_.end() ? "none" : found->second;
}

bool FakeSettings::becomes(const std::string& path, const std::string& wanted) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (value(path) != wanted && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    return value(path) == wanted;
}

} // namespace bms::test
