// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "storm/world.hpp"

#include <algorithm>
#include <charconv>

namespace bms::test {
namespace {

struct Row {
    const char* name;
    std::vector<std::string> accepts; ///< the first: at the start. Empty: only to look at
};

const std::vector<Row>& rows() {
    static const std::vector<Row> table{
        {"btv_allow_to_charge", {"closed", "open"}},
        {"btv_allow_to_discharge", {"closed", "open"}},
        {"btv_pre_alarm", {"closed", "open"}},
        {"remote_h", {"on", "off"}},
        {"remote_l", {"off", "on"}},
        {"remote_on", {"on", "off"}}, // a line of the simulated board that is not wired here
        {"mains_1", {"absent", "present"}},
        {"plug", {"all"}},
        {"unplug", {"none", "all"}}, // none: nothing is unplugged at the start
        {"outputs_chip", {"there", "lost"}},
        {"daemon", {"running", "paused", "killed", "ended"}},
        {"multi", {"there", "gone"}},
        {"bus", {"there", "gone"}},
        {"wish", {"on", "charger-only", "off"}},
        {"load_disconnect", {}},
        {"charge_disconnect", {}},
        {"pre_alarm", {}},
    };
    return table;
}

bool is_number(const std::string& text) {
    long number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

} // namespace

DryWorld::DryWorld() {
    for (const Row& row : rows()) {
        words_[row.name] = row.accepts.empty() ? "floating" : row.accepts.front();
    }
}

std::vector<sim::Named> DryWorld::get() const {
    std::vector<sim::Named> all;
    for (const auto& [name, value] : words_) {
        all.push_back({name, value});
    }
    return all;
}

std::optional<std::string> DryWorld::set(const std::string& name, const std::string& value) {
    if (name.starts_with("multi.")) { // a name of the simulated Multi, which checks it itself
        return std::nullopt;
    }
    if (name == "clock_s") {
        return is_number(value) ? std::nullopt : std::optional<std::string>("accepted: seconds to jump");
    }
    const auto row = std::ranges::find(rows(), name, &Row::name);
    if (row == rows().end() || row->accepts.empty()) {
        return "nothing with this name can be set; tests/hil/README.md lists them";
    }
    if (std::ranges::find(row->accepts, value) == row->accepts.end()) {
        std::string accepted = "accepted:";
        for (const std::string& word : row->accepts) {
            accepted.append(" ").append(word);
        }
        return accepted;
    }
    words_[name] = value;
    return std::nullopt;
}

} // namespace bms::test
