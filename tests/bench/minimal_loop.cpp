// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The baseline: the least a program can do that answers an edge of one line with a write of another, on the
// same socket and in the same words as the daemon's simulated lines. With a debounce it waits for that first,
// on a timer.
//
//   bench-minimal-loop SOCKET INPUT OUTPUT DEBOUNCE_MS
#include "io/sim_wire.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

struct Loop {
    int socket, timer;
    std::string output;
    std::int64_t debounce_ns;
    bool level = false;

    void say(const std::string& line) const { ::send(socket, line.data(), line.size(), MSG_NOSIGNAL); }
    void drive() const { say("write " + output + " " + bms::sim_wire::level_word(level) + "\n"); }

    void hear(const std::string& line) {
        const auto words = bms::sim_wire::words_of(line);
        if (words.size() != 4 || words[0] != "edge") {
            return;
        }
        level = words[2] == "high";
        if (debounce_ns == 0) {
            return drive();
        }
        const std::int64_t due = std::atoll(words[3].c_str()) + debounce_ns;
        const itimerspec at{.it_interval = {},
                            .it_value = {.tv_sec = due / 1'000'000'000, .tv_nsec = due % 1'000'000'000}};
        ::timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, nullptr);
    }

    /// Until the board has gone.
    void run() {
        pollfd look[] = {{.fd = socket, .events = POLLIN, .revents = 0},
                         {.fd = timer, .events = POLLIN, .revents = 0}};
        std::string received;
        while (::poll(look, 2, -1) > 0) {
            char bytes[1024];
            if (look[1].revents != 0 && ::read(timer, bytes, 8) == 8) {
                drive();
            }
            if (look[0].revents == 0) {
                continue;
            }
            const ssize_t got = ::recv(socket, bytes, sizeof bytes, 0);
            if (got <= 0) {
                return;
            }
            received.append(bytes, static_cast<std::size_t>(got));
            for (auto end = received.find('\n'); end != std::string::npos; end = received.find('\n')) {
                hear(received.substr(0, end));
                received.erase(0, end + 1);
            }
        }
    }
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fputs("usage: bench-minimal-loop SOCKET INPUT OUTPUT DEBOUNCE_MS\n", stderr);
        return 2;
    }
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    std::strncpy(where.sun_path, argv[1], sizeof where.sun_path - 1);
    Loop loop{.socket = ::socket(AF_UNIX, SOCK_STREAM, 0),
              .timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK),
              .output = argv[3],
              .debounce_ns = std::atoll(argv[4]) * 1'000'000};
    if (::connect(loop.socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) {
        std::perror("bench-minimal-loop: connect");
        return 1;
    }
    loop.say("request " + std::string(argv[2]) + " in minimal-loop\nrequest " + argv[3] +
             " high minimal-loop\n");
    loop.run();
    return 0;
}
