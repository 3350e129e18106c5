// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The line port over the unix socket of `vebus-bms-sim board`: the words of sim_wire.hpp.
#include "io/line_port.hpp"
#include "io/sim_wire.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <deque>
#include <map>
#include <poll.h>
#include <utility>

namespace bms::io {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto request_limit = std::chrono::seconds(1);

LineError not_held() { return {"the line is not held any more: it was lost or released"}; }

Instant instant_of(const std::string& nanoseconds) {
    std::int64_t stamp = 0;
    std::from_chars(nanoseconds.data(), nanoseconds.data() + nanoseconds.size(), stamp);
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(stamp)));
}

} // namespace

class SimLines : public LinePort {
  public:
    SimLines(asio::io_context& io, std::string consumer, std::string path)
        : io_(io), socket_(io), consumer_(std::move(consumer)), path_(std::move(path)) {}

    void on_events(Events events) override { events_ = std::move(events); }

    LineResult<LineHandle> request(const LineRequest& request) override {
        if (request.name.empty() || sim_wire::words_of(request.name).size() != 1) {
            return {std::nullopt,
                    {"the simulated board knows lines by a name of one word, not " + request.label()}};
        }
        if (const auto error = connect()) {
            return {std::nullopt, *error};
        }
        const bool output = request.direction == Direction::output;
        const char* how =
            output ? sim_wire::level_word(request.initially_active != request.active_low) : "in";
        asked_ = Line{request.name, request.active_low, output, false};
        const auto answer = exchange("request " + request.name + " " + how + " " + consumer_ + "\n");
        if (answer.empty()) {
            const std::string what = socket_.is_open() ? "did not answer within a second" : "hung up";
            lose_all(what);
            return {std::nullopt, board_trouble(what)};
        }
        if (answer[0] == "refused") {
            return {std::nullopt, {"GPIO line " + request.name + ": " + sim_wire::text_from(answer, 2)}};
        }
        return {last_handle_, {}};
    }

    void release(LineHandle handle) override {
        const auto found = lines_.find(handle);
        if (found != lines_.end()) {
            send("release " + found->second.name + "\n");
            lines_.erase(handle);
        }
    }

    LineResult<bool> read(LineHandle handle) override {
        const auto found = lines_.find(handle);
        if (found == lines_.end()) {
            return {std::nullopt, not_held()};
        }
        return {found->second.high != found->second.active_low, {}};
    }

    std::optional<LineError> write(LineHandle handle, bool active) override {
        const auto found = lines_.find(handle);
        if (found == lines_.end()) {
            return not_held();
        }
        Line& line = found->second;
        if (!line.output) {
            return LineError{"GPIO line " + line.name + " is an input"};
        }
        const bool high = active != line.active_low;
        if (!send("write " + line.name + " " + sim_wire::level_word(high) + "\n")) {
            return board_trouble("is gone");
        }
        line.high = high;
        return std::nullopt;
    }

  private:
    struct Line {
        std::string name;
        bool active_low = false;
        bool output = false;
        bool high = false; ///< as last told by the board, or written by us
    };

    /// What waits to be told to the daemon, from the loop.
    struct News {
        LineEdge edge;
        std::optional<LineError> lost;
    };

    LineError board_trouble(const std::string& what) const {
        return {"the simulated board at " + path_ + " " + what +
                "; start it with: vebus-bms-sim board --socket " + path_};
    }

    std::optional<LineError> connect() {
        if (socket_.is_open()) {
            return std::nullopt;
        }
        error_code error = asio::error::name_too_long;
        if (path_.size() < sizeof(sockaddr_un::sun_path)) {
            socket_.connect(asio::local::stream_protocol::endpoint(path_), error);
        }
        if (error) {
            close();
            return board_trouble("cannot be reached: " + error.message());
        }
        socket_.non_blocking(true);
        received_.clear();
        watch();
        return std::nullopt;
    }

    void close() {
        error_code ignored;
        socket_.close(ignored);
    }

    void watch() {
        if (!socket_.is_open()) {
            return;
        }
        socket_.async_wait(asio::socket_base::wait_read,
                           [this, alive = std::weak_ptr<int>(alive_)](const error_code& error) {
                               if (!error && !alive.expired() && socket_.is_open()) {
                                   receive();
                                   watch();
                                   tell_news(); // from the loop already: no further round for an edge
                               }
                           });
    }

    /// One send that does not block. False: the board is gone, and so are the lines.
    bool send(const std::string& line) {
        error_code error = asio::error::not_connected;
        if (socket_.is_open() && socket_.send(asio::buffer(line), 0, error) == line.size()) {
            return true;
        }
        lose_all("is gone: " + error.message());
        return false;
    }

    /// Sends a request and waits for its answer, at most a second in all; what else arrives is kept as news.
    /// Empty: none came.
    std::vector<std::string> exchange(const std::string& line) {
        answer_.clear();
        if (!send(line)) {
            return {};
        }
        const auto deadline = std::chrono::steady_clock::now() + request_limit;
        while (answer_.empty() && socket_.is_open()) {
            const auto left = std::chrono::duration_cast<Millis>(deadline - std::chrono::steady_clock::now());
            pollfd look{.fd = socket_.native_handle(), .events = POLLIN, .revents = 0};
            if (left.count() <= 0 ||
                (::poll(&look, 1, static_cast<int>(left.count())) < 0 && errno != EINTR)) {
                break;
            }
            receive();
        }
        return std::exchange(answer_, {});
    }

    /// Takes in what is there, never waits.
    void receive() {
        char bytes[1024];
        error_code error;
        while (!error) {
            received_.append(bytes, socket_.receive(asio::buffer(bytes), 0, error));
        }
        for (auto end = received_.find('\n'); end != received_.npos; end = received_.find('\n')) {
            hear(sim_wire::words_of(received_.substr(0, end)));
            received_.erase(0, end + 1);
        }
        if (error != asio::error::would_block || received_.size() > sim_wire::max_line) {
            lose_all("is gone: " + error.message());
        }
    }

    void hear(const std::vector<std::string>& words) {
        if (words.size() < 3) {
            return;
        }
        if (words[0] == "granted" || words[0] == "refused") {
            answer_ = words;
            if (words[0] == "granted") {
                // Held from here on: an edge or the loss of the line may follow at once.
                asked_.high = words[2] == "high";
                lines_.emplace(++last_handle_, asked_);
            }
            return;
        }
        const auto found = std::find_if(lines_.begin(), lines_.end(),
                                        [&words](const auto& line) { return line.second.name == words[1]; });
        if (found == lines_.end()) {
            return;
        }
        auto& [handle, line] = *found;
        if (words[0] == "edge" && words.size() == 4) {
            line.high = words[2] == "high";
            add_news({{handle, line.high != line.active_low, instant_of(words[3])}, std::nullopt});
        } else if (words[0] == "lost") {
            lose(handle, LineError{"GPIO line " + line.name + " is lost: " + sim_wire::text_from(words, 2)});
        }
    }

    void lose(LineHandle handle, const LineError& error) {
        lines_.erase(handle);
        add_news({{handle, false, {}}, error});
    }

    void lose_all(const std::string& why) {
        close();
        while (!lines_.empty()) {
            const auto& [handle, line] = *lines_.begin();
            lose(handle, {"GPIO line " + line.name + " is lost: " + board_trouble(why).text});
        }
    }

    void add_news(News news) {
        news_.push_back(std::move(news));
        asio::post(io_, [this, alive = std::weak_ptr<int>(alive_)] {
            if (!alive.expired()) {
                tell_news();
            }
        });
    }

    void tell_news() {
        while (!news_.empty()) {
            const News news = std::move(news_.front());
            news_.pop_front();
            if (news.lost && events_.lost) {
                events_.lost(news.edge.line, *news.lost);
            } else if (!news.lost && lines_.contains(news.edge.line) && events_.edge) {
                events_.edge(news.edge);
            }
        }
    }

    asio::io_context& io_;
    asio::local::stream_protocol::socket socket_;
    std::string consumer_, path_;
    Events events_;
    std::map<LineHandle, Line> lines_;
    LineHandle last_handle_ = 0;
    std::string received_;
    Line asked_; ///< what the request under way is for
    std::vector<std::string> answer_;
    std::deque<News> news_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(); ///< handlers that outlive the port see it expired
};

std::unique_ptr<LinePort> make_sim_lines(asio::io_context& io, std::string consumer,
                                         std::string socket_path) {
    return std::make_unique<SimLines>(io, std::move(consumer), std::move(socket_path));
}

} // namespace bms::io
