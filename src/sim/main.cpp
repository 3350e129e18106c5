// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// vebus-bms-sim: the simulators, and one-shot commands to them.
#include "sim/board.hpp"
#include "sim/client.hpp"
#include "sim/multiplus.hpp"
#include "sim/world_board.hpp"

#include <exception>
#include <iostream>

namespace {

constexpr const char* usage =
    "usage: vebus-bms-sim board --socket PATH [--line NAME[=LEVEL]]... [--scenario FILE]\n"
    "                                                                    GPIO lines, loops, outputs\n"
    "       vebus-bms-sim multiplus [--help | OPTIONS]                   an inverter/charger on a pty, raw "
    "or MK3\n"
    "       vebus-bms-sim world FILE --socket PATH [--story NAME] [--port PATH] [--mk3 PATH]\n"
    "                           [--bus session|system|ADDRESS] [--fast]\n"
    "       vebus-bms-sim world FILE --check\n"
    "                                                                    a board with a world of batteries, "
    "chargers, loads behind it;\n"
    "                                                                    its inverter/charger on a pty, raw "
    "or MK3;\n"
    "                                                                    its shunt on a message bus\n"
    "       vebus-bms-sim set SOCKET NAME=VALUE...                       change a running simulator's world\n"
    "       vebus-bms-sim get SOCKET [NAME | history]                    look at it\n"
    "       vebus-bms-sim expect SOCKET NAME VALUE within 2s             wait until it is so\n"
    "       vebus-bms-sim --help | --version\n"
    "\n"
    "A running simulator takes the same commands on stdin; help lists them.\n"
    "A scenario file has lines as\n"
    "\"at 2s set NAME=VALUE\" and \"at 10s expect NAME VALUE within 2s\".\n"
    "Exit code: 0 done, 1 refused or not so, 2 wrong arguments or scenario.\n"
    "\n"
    "  vebus-bms-sim board --socket /tmp/board &\n"
    "  vebus-bms-sim set /tmp/board btv_allow_to_discharge=open\n"
    "  vebus-bms-sim expect /tmp/board load_disconnect floating within 40s\n";

int one_shot(const std::string& verb, const std::vector<std::string>& args) {
    if (args.empty()) {
        std::cerr << "vebus-bms-sim: " << verb << " wants the simulator's SOCKET\n";
        return 2;
    }
    std::string command = verb;
    for (std::size_t i = 1; i < args.size(); ++i) {
        command += " " + args[i];
    }
    const bms::sim::Answer answer = bms::sim::ask(args[0], command);
    const bool one_value = verb == "get" && args.size() == 2 && args[1] != "history";
    for (const std::string& line : answer.lines) {
        std::cout << (one_value ? line.substr(line.find('=') + 1) : line) << '\n';
    }
    if (!answer.ok) {
        std::cerr << "vebus-bms-sim: " << answer.error << '\n';
    }
    return answer.ok ? 0 : 1;
}

int run(const std::string& verb, const std::vector<std::string>& args) {
    if (verb == "board" && (args.empty() || args[0] != "--help")) {
        return bms::sim::run_board(args);
    }
    if (verb == "multiplus") {
        return bms::sim::run_multiplus(args);
    }
    if (verb == "world" && (args.empty() || args[0] != "--help")) {
        return bms::sim::run_world(args);
    }
    if (verb == "set" || verb == "get" || verb == "expect") {
        return one_shot(verb, args);
    }
    if (verb == "--version") {
        std::cout << "vebus-bms-sim " BMS_VERSION "\n";
        return 0;
    }
    const bool asked = verb == "--help" || verb == "-h" || verb == "board" || verb == "world";
    (asked ? std::cout : std::cerr) << usage;
    return asked ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        return words.empty() ? run("", {}) : run(words[0], {words.begin() + 1, words.end()});
    } catch (const std::exception& error) {
        std::cerr << "vebus-bms-sim: " << error.what() << '\n';
        return 1;
    }
}
