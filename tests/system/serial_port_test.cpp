// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// SerialPort on real ptys. Baud rate and low latency need an adapter; a pty takes any rate and refuses the
// latter.
#include "io/serial_port.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace bms::io {
namespace {

using testing::HasSubstr;

/// The far end of the cable.
class Pty {
  public:
    Pty() : fd(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
        EXPECT_GE(fd, 0);
        EXPECT_EQ(grantpt(fd), 0);
        EXPECT_EQ(unlockpt(fd), 0);
        path = ptsname(fd);
    }
    ~Pty() { unplug(); }
    Pty(const Pty&) = delete;
    Pty& operator=(const Pty&) = delete;

    void unplug() {
        if (fd >= 0) {
            ::close(std::exchange(fd, -1));
        }
    }
    void say(const std::vector<std::uint8_t>& bytes) {
        ASSERT_EQ(::write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    }
    std::vector<std::uint8_t> hear() {
        std::vector<std::uint8_t> bytes(4096);
        const ssize_t size = ::read(fd, bytes.data(), bytes.size());
        bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return bytes;
    }

    std::string path;

  private:
    int fd;
};

struct SerialPortTest : testing::Test {
    template<typename Condition>
    bool wait_until(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + 5s;
        while (!condition() && std::chrono::steady_clock::now() < deadline) {
            loop.restart();
            loop.run_one_for(std::chrono::milliseconds(10));
        }
        return condition();
    }

    SerialPort::Events events() {
        return {.bytes =
                    [this](std::span<const std::uint8_t> bytes, Instant at) {
                        heard.insert(heard.end(), bytes.begin(), bytes.end());
                        heard_at = at;
                    },
                .lost = [this](const std::string& reason) { lost = reason; }};
    }

    boost::asio::io_context loop;
    Pty pty;
    std::vector<std::uint8_t> heard;
    Instant heard_at;
    std::string lost;
    SerialPort port{loop, events()};
};

TEST_F(SerialPortTest, CarriesEveryByteValueUnchangedBothWays) {
    ASSERT_EQ(port.open(pty.path, {256000}), std::nullopt);
    std::vector<std::uint8_t> all(256);
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = static_cast<std::uint8_t>(i);
    }
    pty.say(all);
    EXPECT_TRUE(wait_until([&] { return heard.size() >= all.size(); }));
    EXPECT_EQ(heard, all);
    EXPECT_GT(heard_at, Instant{});

    EXPECT_EQ(port.write(all), std::nullopt);
    std::vector<std::uint8_t> arrived;
    EXPECT_TRUE(wait_until([&] {
        const auto more = pty.hear();
        arrived.insert(arrived.end(), more.begin(), more.end());
        return arrived.size() >= all.size();
    }));
    EXPECT_EQ(arrived, all);
}

TEST_F(SerialPortTest, UnpluggingIsToldOnceAndThePortCanBeOpenedAgain) {
    ASSERT_EQ(port.open(pty.path, {256000}), std::nullopt);
    pty.unplug();
    EXPECT_TRUE(wait_until([&] { return !lost.empty(); }));
    EXPECT_THAT(lost, HasSubstr(pty.path + " is lost: it was unplugged"));
    EXPECT_FALSE(port.is_open());
    EXPECT_THAT(port.write(std::vector<std::uint8_t>{1}).value(), HasSubstr("not open"));

    const Pty next;
    EXPECT_EQ(port.open(next.path, {256000}), std::nullopt);
    EXPECT_TRUE(port.is_open());
}

TEST_F(SerialPortTest, WhatWasReceivedBeforeTheOpenIsThrownAway) {
    ASSERT_EQ(port.open(pty.path, {256000}), std::nullopt); // makes the pty raw
    port.close();
    pty.say({1, 2, 3});
    ASSERT_EQ(port.open(pty.path, {256000}), std::nullopt);
    pty.say({4});
    EXPECT_TRUE(wait_until([&] { return !heard.empty(); }));
    EXPECT_EQ(heard, std::vector<std::uint8_t>{4});
}

TEST_F(SerialPortTest, ASecondHolderIsRefusedInWordsAndTheFirstKeepsThePort) {
    ASSERT_EQ(port.open(pty.path, {256000}), std::nullopt);
    SerialPort second(loop, events());
    EXPECT_THAT(second.open(pty.path, {256000}).value(), HasSubstr("another program holds it"));
    pty.say({7});
    EXPECT_TRUE(wait_until([&] { return heard.size() == 1; }));
    port.close();
    EXPECT_EQ(second.open(pty.path, {256000}), std::nullopt);
}

TEST_F(SerialPortTest, AMissingPortIsSaidInWords) {
    EXPECT_THAT(port.open("/dev/ttyNOTHERE", {256000}).value(), HasSubstr("/dev/ttyNOTHERE"));
    EXPECT_FALSE(port.is_open());
}

TEST_F(SerialPortTest, SomethingThatIsNoSerialPortIsRefused) {
    EXPECT_THAT(port.open("/dev/null", {256000}).value(), HasSubstr("/dev/null"));
    EXPECT_FALSE(port.is_open());
}

TEST_F(SerialPortTest, AFullBufferDropsAndSaysSoInsteadOfBlocking) {
    ASSERT_EQ(port.open(pty.path, {256000}), std::nullopt);
    const std::vector<std::uint8_t> frame(1000, 0x55);
    std::optional<std::string> error;
    for (int i = 0; i < 1000 && !error; ++i) {
        error = port.write(frame);
    }
    ASSERT_TRUE(error.has_value());
    EXPECT_THAT(*error, HasSubstr("dropped"));
    EXPECT_TRUE(port.is_open());
}

TEST_F(SerialPortTest, NoEventComesAfterClose) {
    ASSERT_EQ(port.open(pty.path, {256000}), std::nullopt);
    pty.say({1});
    port.close();
    loop.run_for(std::chrono::milliseconds(20));
    EXPECT_TRUE(heard.empty());
    EXPECT_TRUE(lost.empty());
}

} // namespace
} // namespace bms::io
