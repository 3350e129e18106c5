// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/after_low_cell.hpp"
#include "app/daemon.hpp"
#include "app/load_config.hpp"
#include "app/options.hpp"
#include "app/ports.hpp"
#include "io/let_go.hpp"
#include "io/log.hpp"
#include "io/notify.hpp"

#include "bms/config/bank.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace {

using namespace bms;
using app::Options;

void print(std::FILE* to, const std::string& text) { std::fputs(text.c_str(), to); }

bool config_is_good(const std::string& path) {
    const auto loaded = app::load_config(path);
    for (const std::string& error : loaded.errors) {
        io::log::warning(error);
    }
    return loaded.config.has_value();
}

/// How the loop is left: SIGTERM and SIGINT end the process, SIGUSR2 replaces it by the program installed
/// now.
class Signals {
  public:
    Signals(boost::asio::io_context& loop, app::Daemon& daemon, std::string config)
        : loop_(loop),
          daemon_(daemon),
          config_(std::move(config)),
          signals_(loop, SIGTERM, SIGINT, SIGUSR2) {}

    void wait() {
        signals_.async_wait([this](boost::system::error_code error, int number) {
            if (!error) {
                number == SIGUSR2 ? replace() : daemon_.stop([this] { loop_.stop(); });
            }
        });
    }
    bool replaced() const { return replaced_; }

  private:
    void replace() {
        replaced_ = config_is_good(config_);
        if (replaced_) {
            daemon_.hand_over([this] { loop_.stop(); });
            return;
        }
        io::log::warning("not restarted: " + config_ + " has errors; this process goes on as before");
        wait();
    }

    boost::asio::io_context& loop_;
    app::Daemon& daemon_;
    std::string config_;
    boost::asio::signal_set signals_;
    bool replaced_ = false;
};

/// Does not return, unless the program is gone.
int become_the_next(char** argv) {
    std::signal(SIGUSR2, SIG_IGN); // until the next one listens
    ::execvp(*argv, argv);
    print(stderr,
          std::string("vebus-bmsd: cannot start ") + *argv + " again: " + std::strerror(errno) + "\n");
    return app::exit_usage;
}

int run(const app::LoadedConfig& loaded, const Options& options, bool& replaced) {
    io::let_go_on_crash();
    io::log::set_up(static_cast<io::log::Level>(loaded.config->log_level));
    io::log::info("vebus-bmsd " BMS_VERSION + app::build_note() + " starts with " + options.config);
    io::set_alive_file(options.alive_file);
    for (const std::string& doubt : loaded.warnings) {
        io::log::warning(doubt);
    }
    boost::asio::io_context loop(1);
    app::Daemon daemon(loop, *loaded.config, loaded.frames, options.record);
    Signals signals(loop, daemon, options.config);
    signals.wait();
    daemon.start();
    loop.run();
    replaced = signals.replaced();
    io::log::info("vebus-bmsd ends");
    return app::exit_ok;
}

void print_checked(const app::LoadedConfig& loaded, const std::string& file) {
    for (const std::string& doubt : loaded.warnings) {
        print(stderr, doubt + "\n");
    }
    for (const std::string& words :
         {config::summary(loaded.config->bank), config::summary(loaded.config->soc_rule)}) {
        print(stdout, words.empty() ? "" : words + "\n");
    }
    print(stdout, app::outlook_lines(*loaded.config));
    print(stdout, file + ": no errors\n");
}

} // namespace

int main(int argc, char** argv) {
    const Options options = app::parse_options({argv + 1, argv + argc});
    if (!options.error.empty()) {
        print(stderr, "vebus-bmsd: " + options.error + "\n");
        return app::exit_usage;
    }
    if (options.what == Options::Do::help) {
        print(stdout, app::help_text());
        return app::exit_ok;
    }
    if (options.what == Options::Do::version) {
        print(stdout, "vebus-bmsd " BMS_VERSION + app::build_note() + "\n");
        return app::exit_ok;
    }
    const auto loaded = app::load_config(options.config);
    for (const std::string& error : loaded.errors) {
        print(stderr, error + "\n");
    }
    if (!loaded.config) {
        return app::exit_config;
    }
    if (options.what == Options::Do::run) {
        bool replaced = false;
        const int code = run(loaded, options, replaced);
        return replaced ? become_the_next(argv) : code;
    }
    if (options.what == Options::Do::print_config) {
        print(stdout, config::print(*loaded.config));
    } else {
        print_checked(loaded, options.config);
    }
    return app::exit_ok;
}
