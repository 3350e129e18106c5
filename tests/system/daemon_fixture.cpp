// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "system/daemon_fixture.hpp"

#include "sim/client.hpp"
#include "support/places.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace bms::test {

namespace {

using nlohmann::json;
using testing::AssertionFailure;
using testing::AssertionResult;
using testing::AssertionSuccess;

constexpr const char* bus_name = "com.victronenergy.vebus.ttySystem";
const std::string simulator = in_build("/src/sim/vebus-bms-sim");

std::filesystem::path new_folder() {
    std::string form = "/tmp/bms-XXXXXX";
    if (!::mkdtemp(form.data())) {
        throw std::runtime_error("no temporary folder for the test");
    }
    return form;
}

json read_json(const std::string& file) {
    std::ifstream stream(file);
    return json::parse(stream, nullptr, true, true);
}

/// config/sim.json with our paths, and times as short as they are accepted.
json short_times(const std::filesystem::path& folder) {
    json c = read_json(in_source("/config/sim.json"));
    c["gpio"]["sim_socket"] = folder / "b";
    c["vebus"]["port"] = folder / "tty";
    c["vebus"]["link_timeout_s"] = 3;
    c["state_directory"] = folder / "state";
    c["dbus"]["name"] = bus_name;
    c["btv"]["debounce_open_ms"] = 5;
    c["btv"]["debounce_closed_ms"] = 50;
    c["remote"]["debounce_ms"] = 10;
    c["protection"] = {{"pre_alarm_release_s", 1}, {"reconnect_delay_s", 1}, {"charge_reconnect_delay_s", 1}};
    return c;
}

void command(const std::string& socket, const std::string& text) {
    const auto answer = sim::ask(socket, text);
    ASSERT_TRUE(answer.ok) << text << ": " << answer.error;
}

std::string get(const std::string& socket, const std::string& name) {
    const auto answer = sim::ask(socket, "get " + name);
    return answer.ok ? answer.lines.at(0).substr(answer.lines.at(0).find('=') + 1) : "gone";
}

template<typename Read>
AssertionResult becomes(const std::string& what, const std::string& wanted, Read read,
                        std::chrono::milliseconds limit = patience) {
    std::string last;
    if (soon([&] { return (last = read()) == wanted; }, limit)) {
        return AssertionSuccess();
    }
    return AssertionFailure() << what << " is " << last << ", not " << wanted;
}

} // namespace

DaemonTest::DaemonTest(PrivateBus::Begin begin, const std::string& bus_rules)
    : folder(new_folder()), bus(begin, bus_rules) {
    std::ofstream(config_file()) << short_times(folder);
    if (begin == PrivateBus::Begin::running) {
        meet_bus();
    }
}

DaemonTest::~DaemonTest() {
    if (HasFailure() && daemon) {
        std::cerr << "--- the daemon said:\n" << log() << "---\n";
    }
    daemon.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

void DaemonTest::configure(const std::string& pointer, const std::string& value) {
    json c = read_json(config_file());
    c[json::json_pointer(pointer)] = json::parse(value);
    std::ofstream(config_file()) << c;
}

void DaemonTest::start_board() {
    const std::vector<std::string> words{simulator, "board", "--socket", board_socket()};
    board_process = std::make_unique<Process>(words, folder / "board.log");
    ASSERT_TRUE(soon([this] { return line("heartbeat") != "gone"; })) << board_process->output();
}

void DaemonTest::through_mk3() {
    configure("/vebus/link", R"("mk3")");
    wire_of_multi = "--mk3";
}

void DaemonTest::start_multi() {
    const std::vector<std::string> words{simulator, "multiplus", wire_of_multi,
                                         port(),    "--control", multi_socket()};
    multi_process = std::make_unique<Process>(words, folder / "multi.log");
    ASSERT_TRUE(soon([this] { return multi("mode") != "gone"; })) << multi_process->output();
}

/// The link to the port goes first, as udev takes it away: the kernel gives the number of a pty that is gone
/// to the next one that is made, which may be another test's.
void DaemonTest::kill_multi() {
    std::filesystem::remove(port());
    multi_process->kill();
}

std::vector<std::string> DaemonTest::daemon_command(std::vector<std::string> options) const {
    options.insert(options.begin(), {in_build("/src/app/vebus-bmsd"), "--config", config_file()});
    return options;
}

void DaemonTest::start_daemon(const std::vector<std::string>& options) {
    daemon.reset();
    const auto log_file = folder / ("daemon" + std::to_string(++daemons_started) + ".log");
    daemon = std::make_unique<Process>(daemon_command(options), log_file);
}

void DaemonTest::start_all() {
    start_board();
    start_multi();
    start_daemon();
    ASSERT_TRUE(permissions_are(true, true));
    ASSERT_TRUE(item_is("/Diagnostics/ControlsInverter", "1"));
    ASSERT_TRUE(item_is("/Diagnostics/MultiMode", "3")); // it has been heard
    // Before the lines were read it may have been told less.
    ASSERT_TRUE(multi_is("mode", "on"));
    ASSERT_TRUE(multi_is("disable_charge", "no"));
}

void DaemonTest::meet_bus() { client = std::make_unique<BusClient>(bus_name); }

void DaemonTest::lose_bus() {
    client.reset(); // its thread would not survive
    bus.kill();
}

std::optional<int> DaemonTest::end_daemon(int signal_number) {
    daemon->signal(signal_number);
    return daemon->ended();
}

void DaemonTest::set(const std::string& words) const { command(board_socket(), "set " + words); }
void DaemonTest::set_multi(const std::string& words) const { command(multi_socket(), "set " + words); }

std::string DaemonTest::line(const std::string& name) const { return get(board_socket(), name); }
std::string DaemonTest::multi(const std::string& name) const { return get(multi_socket(), name); }
std::string DaemonTest::item(const std::string& path) const { return client->item(path); }

AssertionResult DaemonTest::line_is(const std::string& name, const std::string& word) const {
    return becomes(name, word, [&] { return line(name); });
}

AssertionResult DaemonTest::multi_is(const std::string& name, const std::string& word) const {
    return becomes("the Multi's " + name, word, [&] { return multi(name); });
}

AssertionResult DaemonTest::item_is(const std::string& path, const std::string& word,
                                    std::chrono::milliseconds limit) const {
    return becomes(
        path, word, [&] { return item(path); }, limit);
}

AssertionResult DaemonTest::log_says(const std::string& text) const {
    if (soon([&] { return times_in_log(text) > 0; })) {
        return AssertionSuccess();
    }
    return AssertionFailure() << "the log does not say: " << text;
}

AssertionResult DaemonTest::permissions_are(bool charge, bool discharge) const {
    const auto seen = [this] {
        return "charge " + line("charge_disconnect") + " " + item("/Bms/AllowToCharge") + ", discharge " +
               line("load_disconnect") + " " + item("/Bms/AllowToDischarge");
    };
    const auto word = [](bool allowed) { return allowed ? "high 1" : "floating 0"; };
    return becomes("permission", std::string("charge ") + word(charge) + ", discharge " + word(discharge),
                   seen);
}

std::vector<std::string> DaemonTest::board_history() const {
    auto lines = sim::ask(board_socket(), "get history").lines;
    for (std::string& text : lines) {
        text.erase(0, text.find(' ') + 1);
    }
    return lines;
}

int DaemonTest::times_in_log(const std::string& text) const {
    const std::string all = log();
    int times = 0;
    for (auto at = all.find(text); at != all.npos; at = all.find(text, at + text.size())) {
        ++times;
    }
    return times;
}

} // namespace bms::test
