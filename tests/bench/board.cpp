// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "board.hpp"

#include "io/sim_wire.hpp"

#include <algorithm>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace bms::bench {
namespace {

void send_line(int socket, const std::string& line) {
    // A client that has gone is found out when it is read from.
    [[maybe_unused]] const auto sent = ::send(socket, line.data(), line.size(), MSG_NOSIGNAL);
}

timespec until(Clock::time_point deadline) {
    const auto left =
        std::max(std::chrono::nanoseconds(deadline - Clock::now()), std::chrono::nanoseconds(0));
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    return {.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
}

} // namespace

Board::Board(const std::string& path) : path_(path) {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    std::strncpy(where.sun_path, path.c_str(), sizeof where.sun_path - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ::unlink(path.c_str());
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
        ::listen(listener_, 8) != 0) {
        throw std::runtime_error("the board cannot listen at " + path + ": " + std::strerror(errno));
    }
}

Board::~Board() {
    for (const Connection& c : clients_) {
        if (c.socket >= 0) {
            ::close(c.socket);
        }
    }
    ::close(listener_);
    ::unlink(path_.c_str());
}

bool Board::serve(Clock::time_point deadline, const std::function<bool()>& so) {
    std::vector<pollfd> look;
    while (!so()) {
        if (Clock::now() >= deadline) {
            return false;
        }
        look.assign({{.fd = listener_, .events = POLLIN, .revents = 0},
                     {.fd = watched_, .events = POLLIN, .revents = 0}});
        for (const Connection& c : clients_) {
            look.push_back({.fd = c.socket, .events = POLLIN, .revents = 0});
        }
        const timespec wait = until(deadline);
        ::ppoll(look.data(), look.size(), &wait, nullptr);
        for (std::size_t i = 2; i < look.size(); ++i) {
            if (look[i].revents != 0) {
                receive(i - 2);
            }
        }
        if (look[0].revents != 0) {
            accept();
        }
    }
    return true;
}

std::optional<Clock::time_point> Board::inputs_granted(Client client) const {
    return client < clients_.size() ? clients_[client].inputs_granted : std::nullopt;
}

std::size_t Board::lines_granted(Client client) const {
    return client < clients_.size() ? clients_[client].lines.size() : 0;
}

Clock::time_point Board::put(Client client, const std::string& line, bool high) {
    writes_.clear();
    const auto now = Clock::now();
    send_line(clients_.at(client).socket, "edge " + line + " " + sim_wire::level_word(high) + " " +
                                              std::to_string(now.time_since_epoch().count()) + "\n");
    return now;
}

std::optional<Clock::time_point> Board::written(Client client, const std::string& line, bool high,
                                                Clock::time_point deadline) {
    auto found = writes_.end();
    const auto look = [&] {
        found = std::find_if(writes_.begin(), writes_.end(), [&](const Write& w) {
            return w.client == client && w.high == high && w.line == line;
        });
        return found != writes_.end();
    };
    return serve(deadline, look) ? std::optional(found->at) : std::nullopt;
}

void Board::accept() {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket >= 0) {
        clients_.emplace_back().socket = socket;
    }
}

void Board::receive(Client client) {
    Connection& from = clients_[client];
    char bytes[1024];
    const ssize_t got = ::recv(from.socket, bytes, sizeof bytes, 0);
    const auto now = Clock::now();
    if (got <= 0) {
        ::close(from.socket);
        from.socket = -1; // poll passes over it
        return;
    }
    from.received.append(bytes, static_cast<std::size_t>(got));
    for (auto end = from.received.find('\n'); end != std::string::npos; end = from.received.find('\n')) {
        hear(client, sim_wire::words_of(from.received.substr(0, end)), now);
        from.received.erase(0, end + 1);
    }
}

void Board::hear(Client client, const std::vector<std::string>& words, Clock::time_point at) {
    if (words.size() < 3) {
        return;
    }
    if (words[0] == "write") {
        writes_.push_back({client, words[1], words[2] == "high", at});
    } else if (words[0] == "request") {
        const bool input = words[2] == "in";
        const bool high = input || words[2] == "high";
        Connection& from = clients_[client];
        from.lines[words[1]] = high;
        send_line(from.socket, "granted " + words[1] + " " + sim_wire::level_word(high) + "\n");
        if (input) {
            from.inputs_granted = Clock::now();
        }
    }
}

} // namespace bms::bench
