// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/dvcc_guard.hpp"

#include "io/clock.hpp"

#include <utility>

namespace bms::app {

void DvccGuard::appeared(const std::string& service, Instant now) {
    guard_.appeared(service, now);
    ask_due(now);
}

void DvccGuard::vanished(const std::string& service, Instant now) {
    guard_.vanished(service, now);
    tell(now);
}

void DvccGuard::run(const core::StepResult& result, Instant now) {
    const core::Outputs& out = result.outputs;
    if (result.state.power != core::Power::starting) { // nothing has been decided before
        guard_.permit({.charge = out.allow_to_charge,
                       .discharge = out.allow_to_discharge,
                       .multi_may_charge = result.state.multi_charge == core::MultiCharge::reduce},
                      now);
    }
    ask_due(now);
}

void DvccGuard::ask_due(Instant now) {
    for (const guard::Request& request : guard_.due(now)) {
        carry(request);
    }
}

void DvccGuard::carry(const guard::Request& request) {
    if (venus::is_valid(request.write)) {
        bus_.set_value(request.service, request.path, request.write, [this](auto answer) {
            if (answer != 0) {
                events_.info("Venus OS did not take the notification; the log and /Diagnostics have it");
            }
        });
        return;
    }
    bus_.get_value(request.service, request.path, [this, request](const auto& value) {
        const Instant now = io::monotonic_now();
        guard_.answered(request, value.value_or(venus::Value{}), now);
        ask_due(now);
        tell(now);
    });
}

void DvccGuard::announce(bool alarm, const std::string& words, Instant now) {
    guard_.announce(alarm, words);
    ask_due(now);
}

void DvccGuard::tell(Instant now) {
    const auto news = guard_.take_news();
    for (const guard::News& it : news) {
        it.kind == guard::News::Kind::good ? events_.info(it.words) : events_.warning(it.words);
    }
    if (!news.empty()) {
        events_.changed(now);
    }
}

void DvccGuard::fill(venus::Neighbours& n) const {
    n.dvcc = guard_.dvcc();
    n.dvcc_advice = guard_.advice();
    n.not_obeying.clear();
    for (const auto* list : {&guard_.charging(), &guard_.drawing()}) {
        for (const guard::Offence& offence : *list) {
            n.not_obeying += (n.not_obeying.empty() ? "" : ". ") + offence.words;
        }
    }
    n.charging = !guard_.charging().empty();
    n.drawing = !guard_.drawing().empty();
    n.charging_count = guard_.charging_count();
    n.drawing_count = guard_.drawing_count();
}

} // namespace bms::app
