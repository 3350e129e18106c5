// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include "support/places.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <stdlib.h>

namespace bms::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t lines_in_sim_json = 18;

std::string new_folder() {
    std::string form = (std::filesystem::temp_directory_path() / "bms-bench-XXXXXX").string();
    if (::mkdtemp(form.data()) == nullptr) {
        throw std::runtime_error("no temporary folder for the bench");
    }
    return form;
}

void replace(std::string& text, const std::string& what, const std::string& with) {
    auto at = text.find(what);
    if (at == std::string::npos) {
        throw std::runtime_error("config/sim.json has no " + what + " any more: adapt tests/bench/world.cpp");
    }
    for (; at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

} // namespace

World::World(std::string programs)
    : programs_(std::move(programs)),
      folder_(new_folder()),
      board_(std::make_unique<Board>(board_socket())),
      multi_(std::make_unique<Process>(std::vector<std::string>{program("src/sim/vebus-bms-sim"), "multiplus",
                                                                "--port", file("multiplus.tty"), "--control",
                                                                file("multi")},
                                       file("multi.log"))) {}

World::~World() {
    multi_.reset();
    board_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::string World::config(const std::string& name, Around around) const {
    std::ostringstream read;
    read << std::ifstream(bms::test::in_source("/config/sim.json")).rdbuf();
    std::string text = read.str();
    replace(text, "/tmp/vebus-bms-demo/state", file(name));
    replace(text, "/tmp/vebus-bms-demo/board.sock", board_socket());
    replace(text, "/tmp/vebus-bms-demo", folder_);
    replace(text, "\"remote\": {", "\"remote\": {\"debounce_ms\": 10, ");
    if (around != Around::with_bus_and_multi) {
        replace(text, "\"link\": \"rs485\"", "\"link\": \"none\"");
    }
    const std::string word = around == Around::with_bus_as_status ? "status" : "vebus";
    const std::string role =
        around == Around::board_only ? "\"none\"" : "\"" + word + "\", \"name\": \"" + bus_name(name) + "\"";
    replace(text, "\"role\": \"vebus\"", "\"role\": " + role);
    const std::string path = file(name + ".json");
    std::ofstream(path) << text;
    return path;
}

std::unique_ptr<Process> World::daemon(const std::string& program_, const std::string& name, Around around,
                                       std::vector<std::string> prefix) const {
    prefix.push_back(program(program_));
    if (program_.ends_with("vebus-bmsd")) {
        prefix.push_back("--config");
    }
    prefix.push_back(config(name, around));
    return std::make_unique<Process>(prefix, file(name + ".log"));
}

void World::settle(Board::Client client, Clock::duration afterwards) {
    const bool there =
        board_->serve(Clock::now() + 5s, [&] { return board_->lines_granted(client) == lines_in_sim_json; });
    if (!there) {
        throw std::runtime_error("a daemon has not asked for its lines within 5 s");
    }
    board_->serve(Clock::now() + afterwards, [] { return false; });
}

} // namespace bms::bench
