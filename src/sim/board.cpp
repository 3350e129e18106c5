// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/board.hpp"

#include "io/sim_wire.hpp"

#include <algorithm>
#include <utility>

namespace bms::sim {

namespace {

constexpr std::size_t history_length = 200;

constexpr const char* role_names[] = {"btv_allow_to_charge",
                                      "btv_allow_to_discharge",
                                      "btv_pre_alarm",
                                      "remote_on",
                                      "remote_h",
                                      "remote_l",
                                      "mains_1",
                                      "mains_2",
                                      "aux_in",
                                      "load_disconnect",
                                      "charge_disconnect",
                                      "pre_alarm",
                                      "two_signal_discharge",
                                      "two_signal_charge",
                                      "led_status",
                                      "led_cell_low",
                                      "led_cell_high",
                                      "led_multi_on",
                                      "heartbeat",
                                      "vebus_standby",
                                      "vebus_panel_detect"};

} // namespace

Board::Board(std::function<Instant()> clock) : clock_(std::move(clock)), started_(clock_()) {
    for (const char* name : role_names) {
        const Field field = field_of(name);
        Line line;
        line.field = field;
        if (field != Field::output) {
            line.world = field != Field::presence;
        }
        lines_.emplace(name, line);
        order_.emplace_back(name);
        noted_[name] = word_of(line);
    }
}

Board::Field Board::field_of(const std::string& name) {
    if (name.starts_with("btv_")) {
        return Field::loop;
    }
    if (name.starts_with("remote_")) {
        return Field::remote;
    }
    if (name.starts_with("mains_") || name == "aux_in") {
        return Field::presence;
    }
    const bool role = std::find(std::begin(role_names), std::end(role_names), name) != std::end(role_names);
    return role ? Field::output : Field::plain;
}

/// The word for high, a bar, the word for anything else.
std::string Board::words_for(Field field) {
    switch (field) {
    case Field::loop:
        return "closed|open";
    case Field::remote:
        return "on|off";
    case Field::presence:
        return "present|absent";
    case Field::output:
        return "high|floating";
    case Field::plain:
        break;
    }
    return "high|low";
}

std::string Board::word_of(const Line& line) {
    if (!line.plugged) {
        return "unplugged";
    }
    const std::optional<bool> level = line.driven ? line.driven : line.world;
    if (!level) {
        return "floating";
    }
    const std::string words = words_for(line.field);
    const auto bar = words.find('|');
    return *level ? words.substr(0, bar) : words.substr(bar + 1);
}

std::optional<bool> Board::level_of(Field field, const std::string& word) {
    const std::string words = words_for(field);
    const auto bar = words.find('|');
    if (word == words.substr(0, bar) || word == "high" || word == "active") {
        return true;
    }
    if (word == words.substr(bar + 1) || word == "low" || word == "inactive") {
        return false;
    }
    return std::nullopt;
}

std::string Board::names() const {
    std::string all;
    for (const std::string& name : order_) {
        all += (all.empty() ? "" : ", ") + name;
    }
    return all;
}

std::optional<std::string> Board::add(const std::string& name, const std::string& level) {
    const auto [at, created] = lines_.try_emplace(name);
    if (created) {
        at->second.field = field_of(name);
        order_.push_back(name);
    }
    std::optional<std::string> error;
    if (!level.empty()) {
        error = set_level(name, at->second, level);
    }
    noted_[name] = word_of(at->second);
    history_.clear(); // how it starts is not a change
    return error;
}

std::vector<Named> Board::get() const {
    std::vector<Named> all;
    for (const std::string& name : order_) {
        const Line& line = lines_.at(name);
        all.push_back({name, word_of(line)});
        if (!line.busy.empty()) {
            all.push_back({"busy." + name, line.busy});
        }
    }
    return all;
}

std::vector<std::string> Board::history() const { return {history_.begin(), history_.end()}; }

std::optional<std::string> Board::set(const std::string& name, const std::string& value) {
    if (name == "unplug" || name == "plug") {
        return set_plugged(value, name == "plug");
    }
    const bool busy = name.starts_with("busy.");
    const auto found = lines_.find(busy ? name.substr(5) : name);
    if (found == lines_.end()) {
        return "no line named " + name + "; there are " + names() + ", and busy.NAME, unplug, plug";
    }
    if (busy) {
        found->second.busy = value == "none" ? "" : value;
        return std::nullopt;
    }
    return set_level(name, found->second, value);
}

std::optional<std::string> Board::set_level(const std::string& name, Line& line, const std::string& word) {
    if (line.field == Field::output || line.driven) {
        return name + " is an output: the daemon drives it, the world only looks at it";
    }
    const auto level = level_of(line.field, word);
    if (!level) {
        return name + " takes " + words_for(line.field) + " (or active|inactive, high|low), not \"" + word +
               "\"";
    }
    if (line.world != level) {
        line.world = level;
        note(name, line);
        if (line.holder) {
            const auto stamp = std::chrono::nanoseconds(clock_().time_since_epoch()).count();
            tell(*line.holder,
                 "edge " + name + " " + sim_wire::level_word(*level) + " " + std::to_string(stamp));
        }
    }
    return std::nullopt;
}

std::optional<std::string> Board::set_plugged(const std::string& which, bool plugged) {
    bool any = false;
    for (const std::string& name : order_) {
        Line& line = lines_.at(name);
        if (which != name && which != "all") {
            continue;
        }
        any = true;
        if (plugged) {
            line.plugged = true;
            note(name, line);
        } else {
            unplug(name, line);
        }
    }
    return any ? std::nullopt : std::optional("no line named " + which + "; there are " + names() + ", all");
}

void Board::unplug(const std::string& name, Line& line) {
    const auto holder = line.holder;
    line.plugged = false;
    let_go(name, line);
    if (holder) {
        tell(*holder, "lost " + name + " unplugged from the simulated board");
    }
}

std::optional<std::string> Board::hear(Peer peer, const std::vector<std::string>& words) {
    if (words[0] == "request" && words.size() >= 3) {
        return request(peer, words[1], words[2], sim_wire::text_from(words, 3));
    }
    if (words[0] == "write" && words.size() == 3) {
        const auto level = sim_wire::level_of(words[2]);
        Line* const line = held(peer, words[1]);
        if (line != nullptr && line->driven && level) {
            line->driven = level;
            note(words[1], *line);
        }
        return "";
    }
    if (words[0] == "release" && words.size() == 2) {
        if (Line* const line = held(peer, words[1])) {
            let_go(words[1], *line);
        }
        return "";
    }
    return std::nullopt;
}

std::string Board::request(Peer peer, const std::string& name, const std::string& how,
                           const std::string& consumer) {
    const auto found = lines_.find(name);
    const std::string refused = "refused " + name + " ";
    if (found == lines_.end()) {
        return refused + "no line of that name on the simulated board; it has " + names() +
               " (more with --line NAME=LEVEL)";
    }
    Line& line = found->second;
    if (!line.plugged) {
        return refused + "it is unplugged from the simulated board (plug it: set plug=" + name + ")";
    }
    if (!line.busy.empty() || line.holder) {
        return refused + "it is used by \"" + (line.busy.empty() ? line.consumer : line.busy) + "\"";
    }
    if (how != "in") {
        line.driven = sim_wire::level_of(how);
        if (!line.driven) {
            return refused + "a request is for in, high or low, not \"" + how + "\"";
        }
    }
    line.holder = peer;
    line.consumer = consumer;
    note(name, line);
    return "granted " + name + " " + sim_wire::level_word(line.driven.value_or(line.world.value_or(false)));
}

void Board::gone(Peer peer) {
    for (auto& [name, line] : lines_) {
        if (line.holder == peer) {
            let_go(name, line);
        }
    }
}

void Board::let_go(const std::string& name, Line& line) {
    line.holder.reset();
    line.driven.reset();
    line.consumer.clear();
    note(name, line);
}

Board::Line* Board::held(Peer peer, const std::string& name) {
    const auto found = lines_.find(name);
    return found != lines_.end() && found->second.holder == peer ? &found->second : nullptr;
}

void Board::note(const std::string& name, const Line& line) {
    const std::string word = word_of(line);
    if (std::exchange(noted_[name], word) == word) {
        return;
    }
    const auto since = std::chrono::duration_cast<Millis>(clock_() - started_).count();
    history_.push_back(std::to_string(since) + " " + name + " " + word);
    if (history_.size() > history_length) {
        history_.pop_front();
    }
}

} // namespace bms::sim
