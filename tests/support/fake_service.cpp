// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/fake_service.hpp"

#include "io/sdbus_compat.hpp"

namespace bms::test {

using sdbus::Variant;
namespace compat = io::compat;

namespace {
constexpr const char* bus_item = "com.victronenergy.BusItem";
}

FakeService::FakeService(Kind kind, Values values)
    : kind_(kind), values_(std::move(values)), bus_(sdbus::createSessionBusConnection()) {
    for (const auto& [path, value] : values_)
        add_item(path);
    add_root();
    bus_->enterEventLoopAsync();
}

FakeService::~FakeService() { bus_->leaveEventLoop(); }

void FakeService::take(const std::string& name) { bus_->requestName(compat::ServiceName{name}); }
void FakeService::release(const std::string& name) { bus_->releaseName(compat::ServiceName{name}); }

void FakeService::add_item(const std::string& path) {
    auto object = sdbus::createObject(*bus_, compat::ObjectPath{path});
    compat::InterfaceBuilder builder(*object, bus_item);
    if (kind_ == Kind::garbage)
        builder.method("GetValue", [] { return std::string("not a variant"); });
    else
        builder.method("GetValue", [this, path] { return value(path); });
    if (kind_ == Kind::garbage)
        builder.method("SetValue", [](const Variant&) { return std::string("yes"); });
    else
        builder.method("SetValue", [this, path](const Variant& offered) { return set(path, offered); });
    builder.signal<Properties>("PropertiesChanged");
    builder.publish();
    objects_.emplace(path, std::move(object));
}

void FakeService::add_root() {
    auto object = sdbus::createObject(*bus_, compat::ObjectPath{"/"});
    compat::InterfaceBuilder builder(*object, bus_item);
    if (kind_ == Kind::batched) {
        builder.method("GetItems", [this] {
            const std::scoped_lock lock(mutex_);
            return items(values_);
        });
    } else if (kind_ == Kind::garbage) {
        builder.method("GetItems", [] { return std::int32_t{42}; });
    } else {
        builder.method("GetValue", [this] {
            const std::scoped_lock lock(mutex_);
            Properties below;
            for (const auto& [path, value] : values_)
                below.emplace(path.substr(1), value);
            return Variant{below};
        });
    }
    builder.signal<Items>("ItemsChanged");
    builder.publish();
    objects_.emplace("/", std::move(object));
}

FakeService::Items FakeService::items(const Values& values) const {
    Items items;
    for (const auto& [path, value] : values)
        items[path] = {{"Value", value}, {"Text", Variant{std::string("text")}}};
    return items;
}

void FakeService::change(const Values& values) {
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [path, value] : values)
            values_[path] = value;
    }
    if (kind_ == Kind::batched)
        return objects_.at("/")
            ->emitSignal("ItemsChanged")
            .onInterface(bus_item)
            .withArguments(items(values));
    for (const auto& [path, properties] : items(values))
        objects_.at(path)->emitSignal("PropertiesChanged").onInterface(bus_item).withArguments(properties);
}

std::int32_t FakeService::set(const std::string& path, const Variant& offered) {
    {
        const std::scoped_lock lock(mutex_);
        written_.emplace_back(path, offered);
    }
    if (answer == 0)
        change({{path, offered}});
    return answer;
}

Variant FakeService::value(const std::string& path) const {
    const std::scoped_lock lock(mutex_);
    return values_.at(path);
}

std::vector<std::pair<std::string, Variant>> FakeService::written() const {
    const std::scoped_lock lock(mutex_);
    return written_;
}

} // namespace bms::test
