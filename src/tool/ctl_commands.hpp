// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Every command of vebus-bmsctl, once: the help, the reading of the command line, the shell's completion and
// the check of the manual page follow this table.
#pragma once

#include "io/dbus_bus.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bms::tool {

enum class Do {
    status,
    watch,
    mode,
    restart_loads,
    redetect,
    dbus,
    doctor,
    explain,
    bus,
    complete,
    help,
    version
};

struct Command {
    Do what;
    std::string_view name, arguments, summary;
    std::size_t most; ///< arguments
    bool json;
};

/// As many as the longest list of paths.
inline constexpr std::size_t any_number = 1000;

inline constexpr std::array<Command, 10> commands{{
    {Do::status, "status", "", "what is allowed, why, what happens next, what is wrong", 0, true},
    {Do::watch, "watch", "", "the same, live, until Ctrl-C; not on a terminal: a line for each change", 0,
     true},
    {Do::mode, "mode", "MODE", "switch the inverter/charger, as far as the battery permits", 1, true},
    {Do::restart_loads, "restart-loads", "", "reconnect loads that wait for a person after a low battery", 0,
     true},
    {Do::redetect, "redetect", "", "look at the VE.Bus anew, after a change on it", 0, true},
    {Do::dbus, "dbus", "[PATH...]",
     "the dbus-send line that reads a path, or writes it; of a folder: all in it", any_number, true},
    {Do::doctor, "doctor", "[CONFIG]", "look at the whole system, and say what to mend", 1, true},
    {Do::explain, "explain", "ROW...",
     "what the manual says in a row (M69, or words of it), and what became of it here", any_number, true},
    {Do::bus, "bus", "VERB ...", "record and read what is said on a VE.Bus; without the daemon (bus --help)",
     any_number, false},
    {Do::complete, "complete", "[WORD...]", "what can stand in place of the last word: for the shell",
     any_number, false},
}};

struct Switch {
    std::string_view word, meaning;
};

inline constexpr std::array<Switch, 5> switches{{
    {"--json", "the answer for programs, errors too (keys: man vebus-bmsctl)"},
    {"--system", "ask on the system bus"},
    {"--session", "ask on the session bus; without either: on it when DBUS_SESSION_BUS_ADDRESS is set"},
    {"--help", "print this"},
    {"--version", "print the version"},
}};

/// What /Mode takes, in the words of the command line.
struct ModeWord {
    std::string_view word;
    int value;
    bool draws, charges; ///< what it needs of the battery's permissions
};

inline constexpr std::array<ModeWord, 4> modes{{
    {"on", 3, true, true},
    {"off", 4, false, false},
    {"charger-only", 1, false, true},
    {"inverter-only", 2, true, false},
}};

const ModeWord* find_mode(std::string_view word);

struct Options {
    Do what = Do::help;
    std::vector<std::string> arguments;
    io::BusChoice bus = io::BusChoice::automatic;
    bool json = false;
};

/// The options, or what is wrong with the words. What follows "bus" and "complete" is left as it is.
std::variant<Options, std::string> parse_options(std::span<const std::string> words);

std::string help_text();

/// What can stand in place of the last word, given those before; paths are what `dbus` knows. Empty: names of
/// files, or nothing.
std::vector<std::string> completions(std::span<const std::string> words,
                                     const std::vector<std::string>& paths);

} // namespace bms::tool
