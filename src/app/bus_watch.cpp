// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/bus_watch.hpp"

#include "io/clock.hpp"

#include <utility>

namespace bms::app {

io::BusChoice to_io(config::BusChoice choice) {
    switch (choice) {
    case config::BusChoice::system:
        return io::BusChoice::system;
    case config::BusChoice::session:
        return io::BusChoice::session;
    default:
        return io::BusChoice::automatic;
    }
}

BusWatch::BusWatch(boost::asio::io_context& loop, io::BusChoice bus, std::set<std::string> own, Events events)
    : own_(std::move(own)),
      bus_(loop, bus,
           io::DbusClient::Events{.appeared = [this](const std::string& name) { appeared(name); },
                                  .vanished = [this](const std::string& name) { vanished(name); },
                                  .listed = [this] { listed(); },
                                  .lost = [this] { lost(); },
                                  .info = std::move(events.info),
                                  .warning = std::move(events.warning)}) {}

void BusWatch::add(NameListener& listener) {
    listeners_.push_back(&listener);
    for (const std::string& service : present_) {
        listener.appeared(service, io::monotonic_now());
    }
}

void BusWatch::appeared(const std::string& service) {
    if (own_.contains(service) || !present_.insert(service).second) {
        return;
    }
    for (NameListener* listener : listeners_) {
        listener->appeared(service, io::monotonic_now());
    }
}

void BusWatch::vanished(const std::string& service) {
    if (present_.erase(service) == 0) {
        return;
    }
    for (NameListener* listener : listeners_) {
        listener->vanished(service, io::monotonic_now());
    }
}

void BusWatch::listed() {
    for (NameListener* listener : listeners_) {
        listener->listed(io::monotonic_now());
    }
}

void BusWatch::lost() {
    for (const std::string& service : std::set(present_)) {
        vanished(service);
    }
    for (NameListener* listener : listeners_) {
        listener->lost(io::monotonic_now());
    }
}

} // namespace bms::app
