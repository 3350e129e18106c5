// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "support/venus_service.hpp"

#include "io/dbus_values.hpp"

#include <mutex>

namespace bms::test {

namespace {

constexpr const char* bus_item = "com.victronenergy.BusItem";

io::Properties properties(const venus::Value& value) {
    return {{"Value", io::to_variant(value)}, {"Text", sdbus::Variant{std::string("-")}}};
}

} // namespace

struct VenusService::Impl {
    Impl(VenusService& owner, Items first)
        : service(owner), items(std::move(first)), bus(sdbus::createSessionBusConnection()) {
        for (const auto& [path, value] : items) {
            add(path);
        }
        add_root();
        bus->enterEventLoopAsync();
    }

    void add(const std::string& path) {
        auto object = sdbus::createObject(*bus, io::compat::ObjectPath{path});
        io::compat::InterfaceBuilder builder(*object, bus_item);
        builder.method("GetValue", [this, path] { return read(path); });
        builder.method("SetValue", [this, path](const sdbus::Variant& value) { return write(path, value); });
        builder.publish();
        objects.push_back(std::move(object));
    }

    void add_root() {
        root = sdbus::createObject(*bus, io::compat::ObjectPath{"/"});
        io::compat::InterfaceBuilder builder(*root, bus_item);
        builder.method("GetItems", [this] { return all(); });
        builder.signal<io::PropertiesByPath>("ItemsChanged");
        builder.publish();
    }

    sdbus::Variant read(const std::string& path) {
        const std::scoped_lock lock(mutex);
        ++reads[path];
        return io::to_variant(items.at(path));
    }

    std::int32_t write(const std::string& path, const sdbus::Variant& offered) {
        const venus::Value value = io::from_variant(offered);
        Written written;
        {
            const std::scoped_lock lock(mutex);
            writes[path].push_back(value);
            written = when_written;
        }
        if (written) {
            return written(service, path, value);
        }
        service.set(path, value);
        return 0;
    }

    io::PropertiesByPath all() {
        const std::scoped_lock lock(mutex);
        io::PropertiesByPath told;
        for (const auto& [path, value] : items) {
            told.emplace(path, properties(value));
        }
        return told;
    }

    VenusService& service;
    mutable std::mutex mutex;
    Items items;
    std::map<std::string, int> reads;
    std::map<std::string, std::vector<venus::Value>> writes;
    Written when_written;
    std::unique_ptr<sdbus::IConnection> bus;
    std::vector<std::unique_ptr<sdbus::IObject>> objects;
    std::unique_ptr<sdbus::IObject> root;
};

VenusService::VenusService(const std::string& name, Items items)
    : impl_(std::make_unique<Impl>(*this, std::move(items))) {
    impl_->bus->requestName(io::compat::ServiceName{name});
}

VenusService::~VenusService() { impl_->bus->leaveEventLoop(); }

void VenusService::set(const std::string& path, const venus::Value& value) {
    {
        const std::scoped_lock lock(impl_->mutex);
        impl_->items.at(path) = value;
    }
    const io::PropertiesByPath changed{{path, properties(value)}};
    impl_->root->emitSignal("ItemsChanged").onInterface(bus_item).withArguments(changed);
}

venus::Value VenusService::get(const std::string& path) const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->items.at(path);
}

void VenusService::when_written(Written written) {
    const std::scoped_lock lock(impl_->mutex);
    impl_->when_written = std::move(written);
}

int VenusService::reads(const std::string& path) const {
    const std::scoped_lock lock(impl_->mutex);
    const auto found = impl_->reads.find(path);
    return found == impl_->reads.end() ? 0 : found->second;
}

std::vector<venus::Value> VenusService::writes(const std::string& path) const {
    const std::scoped_lock lock(impl_->mutex);
    const auto found = impl_->writes.find(path);
    return found == impl_->writes.end() ? std::vector<venus::Value>{} : found->second;
}

} // namespace bms::test
