// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/guard/soc_rule.hpp"

#include <utility>

namespace bms::guard {
namespace {

std::string percent(int number) { return std::to_string(number) + " %"; }

/// Rounded down, so that it never reads as a limit that has not been reached.
std::string is(double soc_percent) {
    return "the state of charge is " + percent(static_cast<int>(soc_percent));
}

} // namespace

void SocRule::update(std::optional<double> soc_percent, Instant now) {
    soc_percent_ = soc_percent;
    const bool beyond = soc_percent && (memory_.tripped ? *soc_percent >= settings_.back_percent
                                                        : *soc_percent < settings_.below_percent);
    beyond_since_ = beyond ? std::optional(beyond_since_.value_or(now)) : std::nullopt;
    if (!beyond_since_ || now - *beyond_since_ < settings_.lasts) {
        return;
    }
    beyond_since_.reset();
    memory_ = {.tripped = !memory_.tripped};
    if (memory_.tripped) {
        news_.push_back({News::Kind::warning, reason()});
    } else {
        news_.push_back({News::Kind::good, is(*soc_percent) + ": back above the " +
                                               percent(settings_.back_percent) + " of /soc_rule"});
    }
}

void SocRule::overrule() {
    if (active()) {
        memory_.overruled = true;
        news_.push_back({News::Kind::warning, reason()});
    }
}

Instant SocRule::next_deadline() const { return beyond_since_ ? *beyond_since_ + settings_.lasts : never; }

std::string SocRule::reason() const {
    const std::string now = soc_percent_ ? is(*soc_percent_) : "the state of charge is not known";
    const std::string below = percent(settings_.below_percent) + " of /soc_rule";
    const std::string back = percent(settings_.back_percent);
    if (memory_.overruled) {
        return now + "; a person has overruled /soc_rule until it has been back at " + back;
    }
    if (!soc_percent_) {
        return now + (memory_.tripped
                          ? " and was below the " + below + ": that holds until it is back at " + back
                          : ": /soc_rule changes nothing");
    }
    if (*soc_percent_ < settings_.below_percent) {
        return now + ", below the " + below;
    }
    return memory_.tripped ? now + ", not back for long enough at the " + back + " of /soc_rule" : now;
}

std::vector<News> SocRule::take_news() { return std::exchange(news_, {}); }

} // namespace bms::guard
