// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/record/run_mark.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace bms::record {
namespace {

using nlohmann::json;

constexpr int format = 1;
constexpr std::array<std::pair<RunEnd, const char*>, 3> ends{
    {{RunEnd::none, "none"}, {RunEnd::stop, "stop"}, {RunEnd::restart, "restart"}}};

std::string seconds(Duration d) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
    const std::string rest = std::to_string(1000 + ms % 1000).substr(1);
    return std::to_string(ms / 1000) + "." + rest + " s";
}

std::string permitted(const RunMark& mark) {
    if (mark.loads && mark.chargers) {
        return "loads and chargers permitted";
    }
    if (!mark.loads && !mark.chargers) {
        return "nothing permitted";
    }
    return mark.loads ? "loads permitted, chargers not" : "chargers permitted, loads not";
}

template<typename T>
bool read(const json& file, const char* key, T& value) {
    const auto found = file.find(key);
    if (found == file.end()) {
        return false;
    }
    if constexpr (std::is_same_v<T, bool>) {
        value = found->is_boolean() && found->get<bool>();
        return found->is_boolean();
    } else {
        value = found->is_string() ? found->get<std::string>() : "";
        return found->is_string();
    }
}

} // namespace

std::string run_mark_text(const RunMark& mark) {
    const char* end = ends.at(static_cast<std::size_t>(mark.end)).second;
    const json file = {{"format", format},       {"end", end},
                       {"boot", mark.boot},      {"at_us", mark.at.time_since_epoch().count()},
                       {"loads", mark.loads},    {"chargers", mark.chargers},
                       {"version", mark.version}};
    return file.dump() + "\n";
}

std::optional<RunMark> run_mark_from(const std::string& text) {
    const json file = json::parse(text, nullptr, false);
    if (!file.is_object() || !file.contains("format") || file["format"] != format ||
        !file.contains("at_us") || !file["at_us"].is_number_integer()) {
        return std::nullopt;
    }
    RunMark mark;
    mark.at = Instant(Duration(file["at_us"].get<Duration::rep>()));
    std::string end;
    if (!read(file, "end", end) || !read(file, "boot", mark.boot) || !read(file, "loads", mark.loads) ||
        !read(file, "chargers", mark.chargers) || !read(file, "version", mark.version)) {
        return std::nullopt;
    }
    for (const auto& [value, word] : ends) {
        if (end == word) {
            mark.end = value;
            return mark;
        }
    }
    return std::nullopt;
}

bool ended_by_crash(const std::optional<RunMark>& last) { return last && last->end == RunEnd::none; }

std::string last_run_words(const std::optional<RunMark>& last, const std::string& boot, Instant now) {
    if (!last) {
        return "nothing is known of a run before this one";
    }
    const bool this_boot = last->boot == boot && last->at <= now;
    const std::string who = "the last run (version " + last->version + ")";
    if (last->end == RunEnd::none) {
        return this_boot ? "after a crash: " + who + ", started at most " + seconds(now - last->at) +
                               " ago, was killed, aborted, or ended by the watchdog"
                         : "after a loss of supply or a reset of the board: " + who + " was not ended";
    }
    const std::string kind = last->end == RunEnd::restart ? "planned restart: " : "after a planned stop: ";
    const std::string when = this_boot ? " released its outputs " + seconds(now - last->at) + " ago"
                                       : " ended before the board did";
    return kind + who + when + ", " + permitted(*last) + " until then";
}

OutputsGap::OutputsGap(const std::optional<RunMark>& last, const std::string& boot) {
    if (last && last->end != RunEnd::none && last->boot == boot && (last->loads || last->chargers)) {
        open_ = last;
    }
}

std::optional<std::string> OutputsGap::follow(bool loads, bool chargers, Instant now) {
    if (!open_) {
        return std::nullopt;
    }
    const Duration since = now - open_->at;
    if (loads && !loads_after_) {
        loads_after_ = since;
    }
    if (chargers && !chargers_after_) {
        chargers_after_ = since;
    }
    if ((open_->loads && !loads_after_) || (open_->chargers && !chargers_after_)) {
        return std::nullopt;
    }
    std::string words = "outputs are back:";
    if (open_->loads) {
        words += " loads were off for " + seconds(*loads_after_);
    }
    if (open_->chargers) {
        words += std::string(open_->loads ? ", chargers for " : " chargers were off for ") +
                 seconds(*chargers_after_);
    }
    open_.reset();
    return words;
}

} // namespace bms::record
