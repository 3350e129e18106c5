// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/client.hpp"
#include "sim/control.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace bms::sim {

using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// One lamp: on or off.
class Lamp : public World {
  public:
    std::vector<Named> get() const override { return {{"lamp", lamp}, {"colour", "red"}}; }
    std::optional<std::string> set(const std::string& name, const std::string& value) override {
        if (name != "lamp" || (value != "on" && value != "off")) {
            return "lamp takes on|off";
        }
        lamp = value;
        return std::nullopt;
    }
    std::vector<std::string> history() const override { return {"12 lamp on", "30 lamp off"}; }

    std::string lamp = "off";
};

} // namespace

/// The server runs in a thread, since asking blocks.
class SimControl : public testing::Test {
  protected:
    SimControl() {
        if (::mkdtemp(folder.data()) == nullptr) {
            ADD_FAILURE() << "no folder " << folder;
        }
        path = folder + "/socket";
    }
    ~SimControl() override {
        stop();
        std::filesystem::remove_all(folder);
    }

    void start() {
        server.emplace(io, path, lamp);
        thread = std::thread([this] { io.run(); });
    }
    void stop() {
        io.stop();
        if (thread.joinable()) {
            thread.join();
        }
        server.reset();
    }
    std::string error(const std::string& command) { return ask(path, command).error; }

    std::string folder = std::filesystem::temp_directory_path() / "bms-control-XXXXXX";
    std::string path;
    boost::asio::io_context io{1};
    Lamp lamp;
    std::optional<ControlServer> server;
    std::thread thread;
};

TEST_F(SimControl, AnswersWithValuesAndThenOk) {
    start();
    const Answer all = ask(path, "get");
    EXPECT_TRUE(all.ok);
    EXPECT_THAT(all.lines, ElementsAre("lamp=off", "colour=red"));
    EXPECT_THAT(ask(path, "get colour").lines, ElementsAre("colour=red"));
    EXPECT_THAT(ask(path, "get history").lines, ElementsAre("12 lamp on", "30 lamp off"));
    EXPECT_TRUE(ask(path, "set lamp=on").ok);
    EXPECT_THAT(ask(path, "show").lines, ElementsAre("lamp=on", "colour=red"));
    EXPECT_TRUE(ask(path, "help").ok);
}

TEST_F(SimControl, SaysWhatIsWrongWithACommand) {
    start();
    EXPECT_EQ(error("set lamp=blue"), "lamp takes on|off");
    EXPECT_THAT(error("set lamp"), HasSubstr("\"lamp\" is not NAME=VALUE"));
    EXPECT_THAT(error("set"), HasSubstr("NAME=VALUE"));
    EXPECT_THAT(error("get dark"), HasSubstr("nothing here is named dark"));
    EXPECT_THAT(error("shout"), HasSubstr("no such command: \"shout\""));
    EXPECT_THAT(error("expect lamp on within 2days"), HasSubstr("within 2s"));
}

TEST_F(SimControl, ExpectWaitsUntilItIsSo) {
    start();
    Answer expected;
    std::thread waits([&] { expected = ask(path, "expect lamp on within 10s"); });
    EXPECT_TRUE(ask(path, "set lamp=on").ok);
    waits.join();
    EXPECT_TRUE(expected.ok) << expected.error;
    EXPECT_EQ(error("expect lamp off within 20ms"), "lamp is on, not off, after 20ms");
}

TEST_F(SimControl, ALineTooLongEndsTheConnectionAndNothingElse) {
    start();
    EXPECT_THAT(error("set lamp=" + std::string(5000, 'x')), HasSubstr("hung up"));
    EXPECT_TRUE(ask(path, "get").ok);
}

TEST_F(SimControl, QuitEndsTheLoopAndTheEndRemovesTheSocket) {
    start();
    EXPECT_TRUE(ask(path, "quit").ok);
    thread.join();
    server.reset();
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_THAT(error("get"), HasSubstr("no simulator answers at " + path));
}

TEST_F(SimControl, ReplacesTheSocketOfADeadProcess) {
    { boost::asio::local::stream_protocol::acceptor dead(io, {path}); }
    ASSERT_TRUE(std::filesystem::exists(path)) << "closing leaves the file, as a kill does";
    start();
    EXPECT_TRUE(ask(path, "get").ok);
}

TEST_F(SimControl, RefusesALiveSocketAForeignFileAndAPathTooLong) {
    start();
    boost::asio::io_context other;
    const auto refusal = [&](const std::string& at) {
        try {
            ControlServer(other, at, lamp);
        } catch (const std::runtime_error& thrown) {
            return std::string(thrown.what());
        }
        return std::string("taken");
    };
    EXPECT_THAT(refusal(path), HasSubstr("another simulator listens"));
    std::ofstream(folder + "/file") << "text";
    EXPECT_THAT(refusal(folder + "/file"), HasSubstr("not a socket"));
    EXPECT_THAT(refusal(folder + "/" + std::string(120, 'x')), HasSubstr("too long"));
    EXPECT_THAT(refusal(folder + "/no/folder"), HasSubstr("cannot listen"));
    EXPECT_TRUE(ask(path, "get").ok) << "the live one is not disturbed";
}

} // namespace bms::sim
