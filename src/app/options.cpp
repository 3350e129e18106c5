// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/options.hpp"

namespace bms::app {

Options parse_options(const std::vector<std::string>& arguments) {
    Options o;
    const auto value_of = [&](std::size_t& i) -> std::string {
        if (i + 1 >= arguments.size()) {
            o.error = arguments[i] + " needs a file name";
            return {};
        }
        return arguments[++i];
    };
    for (std::size_t i = 0; i < arguments.size() && o.error.empty(); ++i) {
        const std::string& a = arguments[i];
        if (a == "--config") {
            o.config = value_of(i);
        } else if (a == "--record") {
            o.record = value_of(i);
        } else if (a == "--alive-file") {
            o.alive_file = value_of(i);
        } else if (a == "--check-config") {
            o.what = Options::Do::check_config;
        } else if (a == "--print-config") {
            o.what = Options::Do::print_config;
        } else if (a == "--version") {
            o.what = Options::Do::version;
        } else if (a == "--help" || a == "-h") {
            o.what = Options::Do::help;
        } else {
            o.error = "unknown option " + a + "; --help lists them";
        }
    }
    return o;
}

std::string help_text() {
    return R"(vebus-bmsd: battery management for Victron Lithium Battery Smart banks.

usage: vebus-bmsd [--config FILE] [--record FILE] [--alive-file FILE]
       vebus-bmsd --check-config | --print-config [--config FILE]

  --config FILE    the configuration (/etc/vebus-bms/vebus-bmsd.json)
  --record FILE    write inputs and moves as JSON lines; vebus-bms-replay FILE gives the same moves
  --alive-file FILE  touch it once a second, after a healthy round; removed when it stops (a watchdog without systemd)
  --check-config   say every error in the configuration, exit 0 when there is none, else 78; touches no line.
                   Contradictions are warnings and change no exit code; a described bank is summed up
  --print-config   print the configuration in force, with every default
  --version        print the version
  --help           print this

It runs in the foreground and logs to stderr. SIGTERM releases the outputs and ends it; SIGUSR2
replaces it by the program installed now, unless the configuration has errors: the outputs are off for one debounce time.
`vebus-bmsctl status` tells in plain words what is allowed and why.
)";
}

} // namespace bms::app
