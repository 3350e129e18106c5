// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_commands.hpp"

#include "tool/ctl_bus_options.hpp"
#include "tool/ctl_exit.hpp"
#include "tool/ctl_page.hpp"

#include <algorithm>

namespace bms::tool {

namespace {

constexpr std::size_t help_width = 100, help_column = 22;

const Command* find_command(std::string_view name) {
    const auto found = std::ranges::find(commands, name, &Command::name);
    return found == commands.end() ? nullptr : found;
}

std::string mode_words() {
    std::string words;
    for (const ModeWord& mode : modes) {
        words += std::string(words.empty() ? "" : ", ") + std::string(mode.word);
    }
    return words;
}

/// What is wrong with an option; it is taken otherwise.
std::string take_switch(Options& options, const Command* command, const std::string& word) {
    if (word == "--help" || word == "--version") {
        options.what = word == "--help" ? Do::help : Do::version;
        return "";
    }
    if (word == "--system" || word == "--session") {
        options.bus = word == "--system" ? io::BusChoice::system : io::BusChoice::session;
        return "";
    }
    if (word == "--json") {
        options.json = true;
        return "";
    }
    return "what is \"" + word + "\"" +
           (command == nullptr ? "?" : " for " + std::string(command->name) + "?");
}

std::string wrong_arguments(const Options& options, const Command& command) {
    if (options.arguments.size() > command.most) {
        return "what is \"" + options.arguments[command.most] + "\" for " + std::string(command.name) + "?";
    }
    const bool no_mode =
        command.what == Do::mode && (options.arguments.empty() || find_mode(options.arguments[0]) == nullptr);
    return no_mode ? "mode wants one of " + mode_words() : "";
}

void append_row(std::string& text, std::string lead, const std::string& words) {
    if (words.empty()) {
        return;
    }
    lead.resize(std::max(lead.size() + 1, help_column), ' ');
    for (const std::string& row : wrapped(words, help_width - help_column)) {
        text += lead + row + '\n';
        lead.assign(help_column, ' ');
    }
}

} // namespace

const ModeWord* find_mode(std::string_view word) {
    const auto found = std::ranges::find(modes, word, &ModeWord::word);
    return found == modes.end() ? nullptr : found;
}

std::variant<Options, std::string> parse_options(std::span<const std::string> words) {
    Options options;
    const Command* command = nullptr;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word.starts_with("-")) {
            if (auto wrong = take_switch(options, command, word); !wrong.empty()) {
                return wrong;
            }
            if (word == "--help" || word == "--version") {
                return options;
            }
            continue;
        }
        if (command != nullptr) {
            options.arguments.push_back(word);
            continue;
        }
        command = find_command(word);
        if (command == nullptr) {
            return "what is \"" + word + "\"?";
        }
        options.what = command->what;
        if (command->what == Do::bus || command->what == Do::complete) {
            options.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
            return options;
        }
    }
    if (command == nullptr) {
        return "which command?";
    }
    if (auto wrong = wrong_arguments(options, *command); !wrong.empty()) {
        return wrong;
    }
    return options;
}

std::string help_text() {
    std::string text = "Usage: vebus-bmsctl COMMAND [OPTION...]\n\n";
    for (const Command& command : commands) {
        const std::string arguments(command.arguments);
        append_row(text, "  " + std::string(command.name) + (arguments.empty() ? "" : " " + arguments),
                   std::string(command.summary));
        append_row(text, "", command.what == Do::mode ? "MODE: " + mode_words() : "");
    }
    text += '\n';
    for (const Switch& option : switches) {
        append_row(text, "  " + std::string(option.word), std::string(option.meaning));
    }
    text += "\nColours are used on a terminal, unless NO_COLOR is set. Exit code:\n";
    for (const ExitRow& row : exits) {
        append_row(text, "  " + std::to_string(row.code), std::string(row.meaning));
    }
    return text;
}

std::vector<std::string> completions(std::span<const std::string> words,
                                     const std::vector<std::string>& paths) {
    const std::string last = words.empty() ? "" : words.back();
    std::vector<std::string> all;
    const auto before = words.first(words.empty() ? 0 : words.size() - 1);
    const auto named = std::ranges::find_if(before, [](const std::string& w) { return !w.starts_with("-"); });
    const Command* command = named == before.end() ? nullptr : find_command(*named);
    if (named == before.end()) {
        std::ranges::transform(commands, std::back_inserter(all),
                               [](const auto& c) { return std::string(c.name); });
    } else if (command != nullptr && command->what == Do::mode && named + 1 == before.end()) {
        std::ranges::transform(modes, std::back_inserter(all),
                               [](const auto& m) { return std::string(m.word); });
    } else if (command != nullptr && command->what == Do::dbus) {
        all = paths;
    } else if (command != nullptr && command->what == Do::bus) {
        all = bus_completions({named + 1, before.end()});
    }
    const bool ours = command == nullptr ? named == before.end() : command->what != Do::bus;
    for (const Switch& option : ours ? std::span<const Switch>(switches) : std::span<const Switch>()) {
        if (option.word != "--json" || command == nullptr || command->json) {
            all.emplace_back(option.word);
        }
    }
    std::erase_if(all, [&](const std::string& word) {
        return !word.starts_with(last) || (last.empty() && word.starts_with("-"));
    });
    return all;
}

} // namespace bms::tool
