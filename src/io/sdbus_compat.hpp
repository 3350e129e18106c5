// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// sdbus-c++ 1.2 (Debian 12) and 2.x (Debian 13) in one set of words. Only the D-Bus sources include this.
#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bms::io::compat {

#if __has_include(<sdbus-c++/VTableItems.h>)

using sdbus::ObjectPath;
using sdbus::ServiceName;
using CallError = std::optional<sdbus::Error>;

inline bool process_one(sdbus::IConnection& bus) { return bus.processPendingEvent(); }

/// 2.x wakes its event loop through a second descriptor when something is sent from outside a callback.
inline int wake_descriptor(const sdbus::IConnection::PollData& poll) { return poll.eventFd; }

inline std::optional<std::chrono::microseconds> timeout(const sdbus::IConnection::PollData& poll) {
    const auto relative = poll.getRelativeTimeout();
    return relative == std::chrono::microseconds::max() ? std::nullopt : std::optional{relative};
}

/// The signature of what a variant holds; empty where it was read from something that is none.
inline std::string value_type(const sdbus::Variant& variant) {
    const char* type = variant.peekValueType();
    return type ? type : "";
}

/// Waits for the bus. Ends with the connection.
inline void add_match(sdbus::IConnection& bus, const std::string& rule,
                      std::function<void(sdbus::Message&)> handler) {
    bus.addMatch(rule, [handler = std::move(handler)](sdbus::Message message) { handler(message); });
}

/// The methods and signals of one interface of an object, registered together by publish().
class InterfaceBuilder {
  public:
    InterfaceBuilder(sdbus::IObject& object, std::string name) : object_(object), name_(std::move(name)) {}

    template<typename Function>
    void method(const char* name, Function function) {
        rows_.push_back(sdbus::registerMethod(name).implementedAs(std::move(function)));
    }
    template<typename Argument>
    void signal(const char* name) {
        rows_.push_back(sdbus::registerSignal(name).template withParameters<Argument>());
    }
    void publish() { object_.addVTable(sdbus::InterfaceName{name_}, std::move(rows_)); }

  private:
    sdbus::IObject& object_;
    std::string name_;
    std::vector<sdbus::VTableItem> rows_;
};

#else

using ObjectPath = std::string;
using ServiceName = std::string;
using CallError = const sdbus::Error*;

inline bool process_one(sdbus::IConnection& bus) { return bus.processPendingRequest(); }

/// None in 1.2: who sends from outside a callback pokes the pump.
inline int wake_descriptor(const sdbus::IConnection::PollData&) { return -1; }

inline std::optional<std::chrono::microseconds> timeout(const sdbus::IConnection::PollData& poll) {
    return poll.getRelativeTimeout();
}

/// The signature of what a variant holds; empty where it was read from something that is none.
inline std::string value_type(const sdbus::Variant& variant) { return variant.peekValueType(); }

/// Waits for the bus. Ends with the connection.
inline void add_match(sdbus::IConnection& bus, const std::string& rule,
                      std::function<void(sdbus::Message&)> handler) {
    bus.addMatch(rule, std::move(handler), sdbus::floating_slot);
}

/// The methods and signals of one interface of an object, registered together by publish().
class InterfaceBuilder {
  public:
    InterfaceBuilder(sdbus::IObject& object, std::string name) : object_(object), name_(std::move(name)) {}

    template<typename Function>
    void method(const char* name, Function function) {
        object_.registerMethod(name).onInterface(name_).implementedAs(std::move(function));
    }
    template<typename Argument>
    void signal(const char* name) {
        object_.registerSignal(name).onInterface(name_).template withParameters<Argument>();
    }
    void publish() { object_.finishRegistration(); }

  private:
    sdbus::IObject& object_;
    std::string name_;
};

#endif

} // namespace bms::io::compat
