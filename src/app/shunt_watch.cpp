// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/shunt_watch.hpp"

#include "io/clock.hpp"

#include <utility>

namespace bms::app {

void ShuntWatch::appeared(const std::string& service, Instant now) {
    shunt_.appeared(service, now);
    ask_due(now);
    tell_of_target();
}

void ShuntWatch::vanished(const std::string& service, Instant now) {
    shunt_.vanished(service, now);
    ask_due(now);
    tell_of_target();
    tell_of_reading(now);
}

void ShuntWatch::listed(Instant) {
    listed_ = true;
    tell_of_target();
}

void ShuntWatch::lost(Instant) { listed_ = false; }

guard::ShuntReading ShuntWatch::run(Instant now) {
    ask_due(now);
    told_ = shunt_.reading(now);
    return told_;
}

void ShuntWatch::ask_due(Instant now) {
    for (const guard::Request& request : shunt_.due(now)) {
        bus_.get_value(request.service, request.path, [this, request](const auto& value) {
            const Instant answered = io::monotonic_now();
            shunt_.answered(request, value, answered);
            tell_of_reading(answered);
        });
    }
}

void ShuntWatch::tell_of_target() {
    if (listed_ && std::exchange(told_target_, shunt_.target()) != shunt_.target() &&
        !shunt_.target().empty()) {
        events_.info("the shunt is " + shunt_.target());
    }
    if (listed_ && std::exchange(told_problem_, shunt_.problem()) != shunt_.problem() &&
        !shunt_.problem().empty()) {
        events_.warning("shunt: " + shunt_.problem());
    }
}

void ShuntWatch::tell_of_reading(Instant now) {
    const guard::ShuntReading reading = shunt_.reading(now);
    if (std::exchange(told_, reading) != reading) {
        events_.changed(now);
    }
}

} // namespace bms::app
