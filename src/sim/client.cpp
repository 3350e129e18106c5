// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/client.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <utility>

namespace bms::sim {

Answer ask(const std::string& socket_path, const std::string& command) {
    using Unix = boost::asio::local::stream_protocol;
    constexpr std::string_view failure = "error: ";
    Answer answer;
    if (socket_path.size() >= sizeof(sockaddr_un::sun_path)) {
        answer.error = "the socket path is too long (at most 107 bytes): " + socket_path;
        return answer;
    }
    Unix::iostream stream{Unix::endpoint(socket_path)};
    if (!stream) {
        answer.error = "no simulator answers at " + socket_path + ": " + stream.error().message() +
                       "; vebus-bms-sim --help says how to start one";
        return answer;
    }
    stream << command << std::endl;
    for (std::string line; std::getline(stream, line);) {
        if (line == "ok") {
            answer.ok = true;
            return answer;
        }
        if (line.starts_with(failure)) {
            answer.error = line.substr(failure.size());
            return answer;
        }
        answer.lines.push_back(line);
    }
    answer.error = "the simulator at " + socket_path + " hung up without an answer";
    return answer;
}

} // namespace bms::sim
