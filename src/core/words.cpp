// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/core/words.hpp"

#include <array>

namespace bms::core {
namespace {

template<std::size_t n, typename Enum>
std::string_view pick(const std::array<std::string_view, n>& words, Enum e) {
    return words.at(static_cast<std::size_t>(e));
}

using Words = std::string_view;

constexpr std::array<Words, 4> power_words{"starting", "on", "remote off", "inputs lost"};
constexpr std::array<Words, 3> discharge_words{"allowed", "pre-alarm", "load disconnect"};
constexpr std::array<Words, 2> charge_words{"allowed", "charge disconnect"};
constexpr std::array<Words, 3> multi_charge_words{"allow", "reduce", "stop"};
constexpr std::array<Words, 4> mode_words{"off", "charger only", "inverter only", "on"};
constexpr std::array<Words, 2> line_words{"floating", "high"};
constexpr std::array<Words, 3> soc_rule_words{"none", "charger only", "loads off"};
constexpr std::array<Words, 3> level_words{"unknown", "inactive", "active"};
constexpr std::array<Words, 4> what_protects_words{
    "",
    "the Multi goes on inverting although it is told off: only LoadDisconnect, and two_signal_discharge "
    "where it "
    "is wired to it, still protect the battery; switch it off by hand",
    "the Multi goes on charging although it is told to stop: only ChargeDisconnect, and two_signal_charge "
    "where "
    "it is wired to it, still protect the battery; disconnect its AC input",
    "the Multi obeys neither off nor the stop of its charger: only LoadDisconnect, ChargeDisconnect, and the "
    "two "
    "two_signal outputs where they are wired to it, still protect the battery; switch it off by hand and "
    "disconnect its AC input"};
constexpr std::array<Words, 2> power_signal_words{"inputs valid", "remote on"};
constexpr std::array<Words, 8> discharge_signal_words{
    "powered",         "cell low", "cell low imminent", "lead over", "release over", "reconnect delay over",
    "restart latched", "SoC low"};
constexpr std::array<Words, 3> charge_signal_words{"powered", "cell high", "reconnect delay over"};
constexpr std::array<Words, 5> multi_charge_signal_words{"powered", "charge allowed", "reducible",
                                                         "reduce time over", "not obeyed"};
constexpr std::array<Words, 4> command_signal_words{"no discharge", "no charge", "discharge not obeyed",
                                                    "charge not obeyed"};

template<typename Enum, std::size_t n>
std::optional<Enum> find(const std::array<Words, n>& words, Words word) {
    for (std::size_t i = 0; i < n; ++i) {
        if (words.at(i) == word) {
            return static_cast<Enum>(i);
        }
    }
    return std::nullopt;
}

} // namespace

Words word(Power p) { return pick(power_words, p); }
Words word(Discharge d) { return pick(discharge_words, d); }
Words word(Charge c) { return pick(charge_words, c); }
Words word(MultiCharge m) { return pick(multi_charge_words, m); }
Words word(Mode m) { return pick(mode_words, m); }
Words word(Line l) { return pick(line_words, l); }
Words word(Level l) { return pick(level_words, l); }
Words word(SocRule r) { return pick(soc_rule_words, r); }
Words what_protects(NotObeying n) { return pick(what_protects_words, n); }
Words word(PowerSignal s) { return pick(power_signal_words, s); }
Words word(DischargeSignal s) { return pick(discharge_signal_words, s); }
Words word(ChargeSignal s) { return pick(charge_signal_words, s); }
Words word(MultiChargeSignal s) { return pick(multi_charge_signal_words, s); }
Words word(CommandSignal s) { return pick(command_signal_words, s); }

std::optional<Mode> mode_from(Words word) { return find<Mode>(mode_words, word); }
std::optional<Level> level_from(Words word) { return find<Level>(level_words, word); }
std::optional<SocRule> soc_rule_from(Words word) { return find<SocRule>(soc_rule_words, word); }

} // namespace bms::core
