// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/soc_control.hpp"

#include <algorithm>
#include <utility>

namespace bms::app {
namespace {

std::optional<guard::SocRule> make_rule(const config::SocRule& rule, const record::StoredMemory& stored) {
    if (!rule.below_percent || !rule.back_percent) {
        return std::nullopt; // and what is stored of one that was taken out is over
    }
    return guard::SocRule(
        {.below_percent = *rule.below_percent, .back_percent = *rule.back_percent, .lasts = rule.lasts},
        {.tripped = stored.soc_rule_tripped, .overruled = stored.soc_rule_overruled});
}

} // namespace

SocControl::SocControl(const config::Config& config, const record::StoredMemory& stored, BusWatch* watch,
                       const Events& events)
    : action_(config.soc_rule.action == config::SocAction::loads_off ? core::SocRule::loads_off
                                                                     : core::SocRule::charger_only),
      events_(events),
      rule_(make_rule(config.soc_rule, stored)) {
    if (watch != nullptr && config.shunt.service) {
        shunt_ = std::make_unique<ShuntWatch>(watch->bus(), *config.shunt.service, events);
        watch->add(*shunt_);
    }
    if (rule_ && rule_->active()) {
        events_.warning("SoC rule: in force since before the start; " + rule_->reason());
    }
}

void SocControl::run(Instant now) {
    reading_ = shunt_ ? shunt_->run(now) : guard::ShuntReading{};
    if (rule_) {
        rule_->update(reading_.soc_percent, now);
        tell();
    }
}

void SocControl::wished(core::Mode mode) {
    if (rule_ && core::may_invert(mode)) {
        rule_->overrule();
        tell();
    }
}

core::SocRule SocControl::in_force() const {
    return rule_ && rule_->active() ? action_ : core::SocRule::none;
}

Instant SocControl::next_deadline() const {
    const Instant shunt = shunt_ ? shunt_->next_deadline() : never;
    return std::min(shunt, rule_ ? rule_->next_deadline() : never);
}

void SocControl::store(record::StoredMemory& stored) const {
    const auto memory = rule_ ? rule_->memory() : guard::SocRuleMemory{};
    stored.soc_rule_tripped = memory.tripped;
    stored.soc_rule_overruled = memory.overruled;
}

void SocControl::fill(venus::SocRule& facts) const {
    facts.active = in_force() != core::SocRule::none;
    facts.soc_percent = reading_.soc_percent;
    facts.reason = rule_ ? rule_->reason() : "";
    if (rule_ && shunt_ && !shunt_->problem().empty()) {
        facts.reason += "; " + shunt_->problem();
    }
}

void SocControl::tell() {
    for (const guard::News& it : rule_->take_news()) {
        const std::string words = "SoC rule: " + it.words;
        it.kind == guard::News::Kind::good ? events_.info(words) : events_.warning(words);
    }
}

} // namespace bms::app
