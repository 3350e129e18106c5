// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A lean board: the far end of src/io/sim_wire.hpp with nothing in it but time stamps, so that its own time
// is small against what is measured. Everything it is asked for it grants; every input is high at first,
// which is the healthy level in the configurations of the bench.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bms::bench {

using Clock = std::chrono::steady_clock; ///< CLOCK_MONOTONIC, in nanoseconds

class Board {
  public:
    using Client = std::size_t; ///< number of a connection, counted from 0

    /// Listens at path. Throws std::runtime_error when that cannot be done.
    explicit Board(const std::string& path);
    ~Board();
    Board(const Board&) = delete;
    Board& operator=(const Board&) = delete;

    /// Serves everybody until so() or the deadline, looking at so() after each thing that happens. The last
    /// so().
    bool serve(Clock::time_point deadline, const std::function<bool()>& so);
    /// A further descriptor to wake up for while serving.
    void watch(int descriptor) { watched_ = descriptor; }

    Client next_client() const { return clients_.size(); }
    /// When the client's last request so far for an input was granted.
    std::optional<Clock::time_point> inputs_granted(Client client) const;
    /// How many lines the client has been granted.
    std::size_t lines_granted(Client client) const;

    /// The world puts a level on an input, now; the answer is the instant that is the edge's stamp.
    Clock::time_point put(Client client, const std::string& line, bool high);
    /// When the client wrote this level to that line since the last put(); nullopt: not before the deadline.
    std::optional<Clock::time_point> written(Client client, const std::string& line, bool high,
                                             Clock::time_point deadline);

  private:
    struct Connection {
        int socket = -1;
        std::string received;
        std::map<std::string, bool> lines;
        std::optional<Clock::time_point> inputs_granted;
    };

    void accept();
    void receive(Client client);
    void hear(Client client, const std::vector<std::string>& words, Clock::time_point at);

    std::string path_;
    int listener_ = -1;
    int watched_ = -1;
    std::vector<Connection> clients_;

    struct Write {
        Client client;
        std::string line;
        bool high;
        Clock::time_point at;
    };
    std::vector<Write> writes_; ///< since the last put()
};

} // namespace bms::bench
