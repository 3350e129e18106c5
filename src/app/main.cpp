// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/daemon.hpp"
#include "app/load_config.hpp"
#include "app/options.hpp"
#include "app/ports.hpp"
#include "io/log.hpp"
#include "io/notify.hpp"

#include "bms/config/bank.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdio>

namespace {

using namespace bms;
using app::Options;

void print(std::FILE* to, const std::string& text) { std::fputs(text.c_str(), to); }

int run(const app::LoadedConfig& loaded, const Options& options) {
    io::log::set_up(static_cast<io::log::Level>(loaded.config->log_level));
    io::log::info("vebus-bmsd " BMS_VERSION + app::build_note() + " starts with " + options.config);
    io::set_alive_file(options.alive_file);
    for (const std::string& doubt : loaded.warnings) {
        io::log::warning(doubt);
    }
    boost::asio::io_context loop(1);
    app::Daemon daemon(loop, *loaded.config, loaded.frames, options.record);
    boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
    signals.async_wait([&](boost::system::error_code, int) { daemon.stop([&] { loop.stop(); }); });
    daemon.start();
    loop.run();
    io::log::info("vebus-bmsd ends");
    return app::exit_ok;
}

void print_checked(const app::LoadedConfig& loaded, const std::string& file) {
    for (const std::string& doubt : loaded.warnings) {
        print(stderr, doubt + "\n");
    }
    const std::string bank = config::summary(loaded.config->bank);
    print(stdout, (bank.empty() ? "" : bank + "\n") + file + ": no errors\n");
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
        return run(loaded, options);
    }
    if (options.what == Options::Do::print_config) {
        print(stdout, config::print(*loaded.config));
    } else {
        print_checked(loaded, options.config);
    }
    return app::exit_ok;
}
