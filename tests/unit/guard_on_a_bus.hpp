// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The charge guard with a bus full of services around it, in virtual time.
#pragma once

#include "bms/guard/charge_guard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bms::guard {

using venus::Value;

inline constexpr auto calc = "com.victronenergy.system";
inline constexpr auto platform = "com.victronenergy.platform";
inline constexpr auto solar = "com.victronenergy.solarcharger.ttyO1";
inline constexpr auto multi = "com.victronenergy.vebus.ttyUSB0";

/// A bus whose services answer after 20 ms, in virtual time.
class GuardOnABus : public ::testing::Test {
  protected:
    void service(const std::string& name, std::map<std::string, Value> items) {
        services_[name] = std::move(items);
        guard.appeared(name, now);
    }
    void leaves(const std::string& name) {
        services_.erase(name);
        guard.vanished(name, now);
    }
    void becomes(const std::string& name, const std::string& path, Value value) {
        services_[name][path] = std::move(value);
    }
    void current(const std::string& name, double amperes) { becomes(name, "/Dc/0/Current", amperes); }
    void permit(bool charge, bool discharge) { guard.permit({charge, discharge}, now); }

    void run(Duration length) {
        const Instant end = now + length;
        while (guard.next_deadline() <= end) {
            now = std::max(now, guard.next_deadline());
            for (const Request& request : guard.due(now)) {
                asked.emplace_back(now, request);
                answer(request);
            }
        }
        now = end;
    }
    void answer(const Request& request) {
        const auto found = services_.find(request.service);
        if (found != services_.end() && !silent) {
            guard.answered(request, found->second[request.path], now + 20ms);
        }
    }
    auto questions(const std::string& service, const std::string& path) const {
        return std::ranges::count_if(
            asked, [&](const auto& it) { return it.second.service == service && it.second.path == path; });
    }
    std::vector<std::string> notifications() const {
        std::vector<std::string> texts;
        for (const auto& [at, request] : asked) {
            if (request.path == "/Notifications/Inject") {
                texts.push_back(text_of(request.write));
            }
        }
        return texts;
    }

    ChargeGuard guard;
    Instant now{1000s};
    bool silent = false; ///< nobody answers
    std::vector<std::pair<Instant, Request>> asked;

  private:
    std::map<std::string, std::map<std::string, Value>> services_;
};

} // namespace bms::guard
