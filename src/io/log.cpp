// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace bms::io::log {
namespace {

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
    case Level::error:
        return spdlog::level::err;
    case Level::warning:
        return spdlog::level::warn;
    case Level::debug:
        return spdlog::level::debug;
    default:
        return spdlog::level::info;
    }
}

spdlog::logger& logger() {
    static spdlog::logger instance("vebus-bms", std::make_shared<spdlog::sinks::stderr_sink_st>());
    return instance;
}

} // namespace

void set_up(Level least) {
    logger().set_pattern("%l: %v");
    logger().set_level(to_spdlog(least));
    logger().flush_on(spdlog::level::debug);
}

void error(const std::string& text) { logger().error(text); }
void warning(const std::string& text) { logger().warn(text); }
void info(const std::string& text) { logger().info(text); }
void debug(const std::string& text) { logger().debug(text); }

} // namespace bms::io::log
