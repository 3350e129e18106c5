// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The control side every simulator has: words of the field, one command a line, on a unix socket and on
// stdin.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace bms::sim {

struct Named {
    std::string name;
    std::string value;
};

/// What a simulator stands for, as names and words.
class World {
  public:
    virtual ~World() = default;
    /// Everything there is to see, in the order to show it.
    virtual std::vector<Named> get() const = 0;
    /// Changes one thing. nullopt: done. Otherwise what is wrong, and what is accepted.
    virtual std::optional<std::string> set(const std::string& name, const std::string& value) = 0;
    /// The last changes, oldest first: "MS NAME VALUE", MS since the start.
    virtual std::vector<std::string> history() const { return {}; }
};

/// "2s" or "500ms", up to 1000000 of them.
std::optional<std::chrono::milliseconds> duration_of(std::string_view);
/// nullopt: nothing has this name.
std::optional<std::string> value_of(const World&, const std::string& name);

/// Number of a connection to a simulator's socket; never used twice.
using Peer = std::size_t;

/// Further words on the same socket, for a program instead of a person: the first word of a line decides.
class Dialect {
  public:
    virtual ~Dialect() = default;
    /// nullopt: not one of its words. Otherwise the line to answer; empty: none.
    virtual std::optional<std::string> hear(Peer, const std::vector<std::string>& words) = 0;
    /// The connection is closed.
    virtual void gone(Peer) = 0;
    /// Set by the server: sends a line to a peer unasked.
    std::function<void(Peer, const std::string& line)> tell;
};

/// Serves a World: `set NAME=VALUE ...`, `get [NAME]`, `get history`, `show`, `expect NAME VALUE within 2s`,
/// `help`, `quit`. An answer is any number of lines and then `ok` or `error: TEXT`. World and Dialect must
/// outlive the server.
class ControlServer {
  public:
    /// Listens at socket_path. The socket a dead process left behind is replaced; throws std::runtime_error,
    /// in words, when a live one listens there or the path cannot be used.
    ControlServer(boost::asio::io_context&, std::string socket_path, World&, Dialect* = nullptr);
    /// Removes the socket.
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

    /// The same commands on stdin, answered on stdout. The end of stdin ends only that.
    void listen_stdin();

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace bms::sim
