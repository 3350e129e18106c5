// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_bus_options.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace bms::tool {

const char* const bus_help = R"(Usage: vebus-bmsctl bus VERB ...

  record PORT FILE [--mk3] [--baud N] [--seconds N] [--force]
      writes what is heard on the port, and never sends. What you type, line by line, becomes marks: "all closed",
      "pre-alarm loop open". Ends with Ctrl-C. --force writes over a file.
  decode FILE|PORT [--kind KIND] [--from ADDRESS] [--unknown] [--json] [--mk3] [--baud N] [--seconds N]
      frames in words, one a line; from a port as they come. KIND: a name as shown, a first byte like 38, or
      rejected. ADDRESS: like "98 F7". --unknown: only what is not known.
  decode FILE --marks
      only the marks
  stats FILE
      how often each kind comes, how clean the wire is
  diff FILE FILE [--all]
  diff --marks FILE [--settle SECONDS] [--all]
      what differs: between two captures, or between the sections of one, against its first mark. Two seconds after
      each mark do not count, or SECONDS. --all: also what changes on both sides.

--mk3: the port is an MK2 or MK3 interface at 2400 baud, not the bus itself at 256000.
How to wire it without harm, and what to look for: src/capture/README.md.
Exit code: 0 done; 1 the port or a file cannot be used, or the port was lost; 64 wrong usage.
)";

namespace {

constexpr std::string_view verb_names[] = {"record", "decode", "stats", "diff"};

struct Flag {
    std::string_view word, verbs;
    bool BusOptions::*flag;
};
constexpr Flag flags[] = {{"--mk3", "record decode", &BusOptions::mk3},
                          {"--force", "record", &BusOptions::force},
                          {"--json", "decode", &BusOptions::json},
                          {"--marks", "decode diff", &BusOptions::marks},
                          {"--all", "diff", &BusOptions::all}};

struct Number {
    std::string_view word, verbs;
    unsigned BusOptions::*number;
    unsigned least, most;
};
// Taken by hand below, because each has its own kind of value.
constexpr std::string_view decode_words[] = {"--kind", "--from", "--unknown"};
constexpr Number numbers[] = {{"--baud", "record decode", &BusOptions::baud, 300, 4'000'000},
                              {"--seconds", "record decode", &BusOptions::seconds, 1, 10'000'000},
                              {"--settle", "diff", &BusOptions::settle_s, 0, 3600}};

bool is_for(std::string_view verbs, const std::string& verb) {
    return verbs.find(verb) != std::string_view::npos;
}

std::string in_quotes(std::string_view word) { return '"' + std::string(word) + '"'; }

/// What is wrong with an option and its value; has_value is told whether there is one to skip.
std::string take(BusOptions& options, std::string_view word, std::optional<std::string_view> value,
                 bool& used_value) {
    for (const auto& it : flags) {
        if (it.word == word) {
            options.*it.flag = true;
            return is_for(it.verbs, options.verb) ? ""
                                                  : std::string(word) + " is not for bus " + options.verb;
        }
    }
    used_value = true;
    for (const auto& it : numbers) {
        if (it.word != word) {
            continue;
        }
        unsigned& number = options.*it.number;
        const auto text = value.value_or("");
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size() || number < it.least ||
            number > it.most) {
            return std::string(word) + " wants a number from " + std::to_string(it.least) + " to " +
                   std::to_string(it.most);
        }
        return is_for(it.verbs, options.verb) ? "" : std::string(word) + " is not for bus " + options.verb;
    }
    if (word == "--kind" && options.verb == "decode") {
        options.filter.kind = value.value_or("");
        return options.filter.kind.empty() ? "--kind wants a kind, like sync or 38" : "";
    }
    if (word == "--from" && options.verb == "decode") {
        options.filter.from = capture::parse_address(value.value_or(""));
        return options.filter.from ? "" : "--from wants an address like \"98 F7\"";
    }
    return "what is " + in_quotes(word) + "?";
}

std::string wrong_names(const BusOptions& options) {
    const std::string& verb = options.verb;
    const auto count = options.names.size();
    if (verb == "record") {
        return count == 2 ? "" : "bus record wants a PORT and a FILE to write";
    }
    if (verb == "diff" && !options.marks) {
        return count == 2 ? "" : "bus diff wants two FILEs, or --marks and one";
    }
    return count == 1 ? "" : "bus " + verb + " wants one FILE" + (verb == "decode" ? " or PORT" : "");
}

} // namespace

std::variant<BusOptions, std::string> parse_bus_options(std::span<char* const> words) {
    BusOptions options;
    if (words.empty()) {
        return "bus wants a verb: record, decode, stats or diff";
    }
    options.verb = words[0];
    if (options.verb == "--help") {
        return BusOptions{};
    }
    if (std::find(std::begin(verb_names), std::end(verb_names), options.verb) == std::end(verb_names)) {
        return "what is " + in_quotes("bus " + options.verb) + "?";
    }
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "--help") {
            return BusOptions{};
        }
        if (!word.starts_with("--")) {
            options.names.emplace_back(word);
            continue;
        }
        if (word == "--unknown" && options.verb == "decode") {
            options.filter.unknown = true;
            continue;
        }
        bool used_value = false;
        const auto next = i + 1 < words.size() ? std::optional<std::string_view>(words[i + 1]) : std::nullopt;
        if (auto wrong = take(options, word, next, used_value); !wrong.empty()) {
            return wrong;
        }
        i += used_value ? 1 : 0;
    }
    if (auto wrong = wrong_names(options); !wrong.empty()) {
        return wrong;
    }
    return options;
}

std::vector<std::string> bus_completions(std::span<const std::string> before) {
    if (before.empty()) {
        return {std::begin(verb_names), std::end(verb_names)};
    }
    const std::string& verb = before.front();
    std::vector<std::string> words;
    const auto add = [&](const auto& table) {
        for (const auto& it : table) {
            if (is_for(it.verbs, verb)) {
                words.emplace_back(it.word);
            }
        }
    };
    add(flags);
    add(numbers);
    if (verb == "decode") {
        words.insert(words.end(), std::begin(decode_words), std::end(decode_words));
    }
    return words;
}

} // namespace bms::tool
