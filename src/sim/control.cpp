// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/control.hpp"

#include "io/sim_wire.hpp"

#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace bms::sim {

namespace asio = boost::asio;
using boost::system::error_code;
using Unix = asio::local::stream_protocol;
using Deadline = asio::steady_timer::time_point;

namespace {

constexpr std::size_t max_outbox = 1 << 20; ///< a peer that does not read is dropped, not waited for
constexpr auto look_again = std::chrono::milliseconds(5);

const char* const help_text =
    "set NAME=VALUE ...                change the world\n"
    "get [NAME]                        all values, or one\n"
    "get history                       the last changes: ms since start, name, value\n"
    "show                              the same as get\n"
    "expect NAME VALUE within 2s|500ms wait until it is so\n"
    "quit                              end the simulator\n";

std::string failed(const std::string& text) { return "error: " + text + "\n"; }

std::string get(const World& world, const std::vector<std::string>& words) {
    std::string answer;
    if (words.size() == 2 && words[1] == "history") {
        for (const std::string& change : world.history()) {
            answer += change + "\n";
        }
        return answer + "ok\n";
    }
    for (const Named& named : world.get()) {
        if (words.size() < 2 || named.name == words[1]) {
            answer += named.name + "=" + named.value + "\n";
        }
    }
    return answer.empty() && words.size() > 1
               ? failed("nothing here is named " + words[1] + "; get lists all")
               : answer + "ok\n";
}

std::string set(World& world, const std::vector<std::string>& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto equals = words[i].find('=');
        if (equals == std::string::npos || equals == 0) {
            return failed("\"" + words[i] + "\" is not NAME=VALUE");
        }
        if (const auto error = world.set(words[i].substr(0, equals), words[i].substr(equals + 1))) {
            return failed(*error);
        }
    }
    return words.size() > 1 ? "ok\n" : failed("set wants NAME=VALUE");
}

/// What is wrong with the path, or empty. Removes the socket of a dead process.
std::string make_room(asio::io_context& io, const std::string& path) {
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
        return "the socket path is too long (at most 107 bytes): " + path;
    }
    std::error_code ignored;
    const auto status = std::filesystem::symlink_status(path, ignored);
    if (!std::filesystem::exists(status)) {
        return "";
    }
    if (!std::filesystem::is_socket(status)) {
        return path + " exists and is not a socket: name another path, or remove it";
    }
    error_code dead;
    Unix::socket(io).connect(Unix::endpoint(path), dead);
    if (dead != asio::error::connection_refused) {
        return "another simulator listens at " + path + " already: end it, or name another path";
    }
    std::filesystem::remove(path, ignored);
    return "";
}

} // namespace

std::optional<std::chrono::milliseconds> duration_of(std::string_view word) {
    int number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(word.data() + word.size() - end));
    if (error != std::errc{} || number < 0 || number > 1'000'000 || (unit != "s" && unit != "ms")) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(unit == "s" ? number * 1000LL : number);
}

std::optional<std::string> value_of(const World& world, const std::string& name) {
    for (const Named& named : world.get()) {
        if (named.name == name) {
            return named.value;
        }
    }
    return std::nullopt;
}

/// One connection: a line in, its answer out, then the next line.
class Session : public std::enable_shared_from_this<Session> {
  public:
    using Handler = std::function<void(const std::shared_ptr<Session>&, const std::string& line)>;

    Session(asio::io_context& io, int fd, bool console)
        : stream_(io, fd), again_(io), buffer_(sim_wire::max_line), console_(console) {}

    Handler on_line;
    std::function<void()> on_closed;

    void read_next() {
        asio::async_read_until(
            stream_, buffer_, '\n',
            [self = shared_from_this()](error_code error, std::size_t size) { self->got(error, size); });
    }

    void send(const std::string& text) {
        if (console_) {
            std::fputs(text.c_str(), stdout);
            std::fflush(stdout);
            return;
        }
        waiting_ += text;
        if (waiting_.size() > max_outbox) {
            close();
        } else if (sending_.empty()) {
            send_more();
        }
    }

    void answer(const std::string& text) {
        send(text);
        read_next();
    }

    /// Looks every few milliseconds until `so` or the deadline, then answers.
    void wait_until(const std::function<bool()>& so, Deadline deadline,
                    const std::function<std::string()>& late) {
        if (so()) {
            return answer("ok\n");
        }
        if (std::chrono::steady_clock::now() >= deadline) {
            return answer(late());
        }
        again_.expires_after(look_again);
        again_.async_wait([self = shared_from_this(), so, deadline, late](error_code error) {
            if (!error) {
                self->wait_until(so, deadline, late);
            }
        });
    }

    void close() {
        again_.cancel();
        error_code ignored;
        stream_.close(ignored);
        if (const auto closed = std::exchange(on_closed, nullptr)) {
            closed();
        }
    }

  private:
    void got(error_code error, std::size_t size) {
        if (error) {
            return close();
        }
        const auto begin = asio::buffers_begin(buffer_.data());
        const std::string line(begin, begin + static_cast<std::ptrdiff_t>(size));
        buffer_.consume(size);
        on_line(shared_from_this(), line);
    }

    void send_more() {
        sending_ = std::exchange(waiting_, "");
        if (sending_.empty()) {
            return;
        }
        asio::async_write(stream_, asio::buffer(sending_),
                          [self = shared_from_this()](error_code error, std::size_t) { self->sent(error); });
    }

    void sent(error_code error) {
        sending_.clear();
        if (error) {
            close();
        } else {
            send_more();
        }
    }

    asio::posix::stream_descriptor stream_;
    asio::steady_timer again_;
    asio::streambuf buffer_;
    std::string sending_, waiting_;
    bool console_;
};

class ControlServer::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& io, std::string path, World& world, Dialect* dialect)
        : io_(io), path_(std::move(path)), world_(world), dialect_(dialect), acceptor_(io) {
        if (const auto wrong = make_room(io, path_); !wrong.empty()) {
            throw std::runtime_error(wrong);
        }
        error_code error;
        acceptor_.open(Unix());
        acceptor_.bind(Unix::endpoint(path_), error);
        if (!error) {
            acceptor_.listen(asio::socket_base::max_listen_connections, error);
        }
        if (error) {
            throw std::runtime_error("cannot listen at " + path_ + ": " + error.message());
        }
    }

    void start() {
        if (dialect_ != nullptr) {
            dialect_->tell = [weak = weak_from_this()](Peer peer, const std::string& line) {
                if (const auto self = weak.lock()) {
                    self->tell(peer, line);
                }
            };
        }
        accept();
    }

    void stop() {
        error_code ignored;
        acceptor_.close(ignored);
        ::unlink(path_.c_str());
        while (!sessions_.empty()) {
            sessions_.begin()->second->close();
        }
    }

    void open_session(int fd, bool console) {
        const Peer peer = ++last_peer_;
        const auto session = std::make_shared<Session>(io_, fd, console);
        session->on_line = [weak = weak_from_this(), peer](const auto& from, const std::string& line) {
            if (const auto self = weak.lock()) {
                self->hear(peer, *from, line);
            }
        };
        session->on_closed = [weak = weak_from_this(), peer] {
            if (const auto self = weak.lock()) {
                self->closed(peer);
            }
        };
        sessions_.emplace(peer, session);
        session->read_next();
    }

  private:
    void accept() {
        acceptor_.async_accept([self = shared_from_this()](error_code error, Unix::socket socket) {
            if (error == asio::error::operation_aborted) {
                return;
            }
            if (!error) {
                self->open_session(socket.release(), false);
            }
            self->accept();
        });
    }

    void hear(Peer peer, Session& from, const std::string& line) {
        const auto words = sim_wire::words_of(line);
        if (dialect_ != nullptr && !words.empty()) {
            if (const auto answer = dialect_->hear(peer, words)) {
                return from.answer(answer->empty() ? "" : *answer + "\n");
            }
        }
        command(from, words);
    }

    void command(Session& from, const std::vector<std::string>& words) {
        const std::string verb = words.empty() ? "" : words[0];
        if (verb.empty()) {
            from.answer("");
        } else if (verb == "set") {
            from.answer(set(world_, words));
        } else if ((verb == "get" && words.size() <= 2) || verb == "show") {
            from.answer(get(world_, words));
        } else if (verb == "expect") {
            expect(from, words);
        } else if (verb == "help") {
            from.answer(std::string(help_text) + "ok\n");
        } else if (verb == "quit") {
            from.send("ok\n");
            io_.stop();
        } else {
            from.answer(failed("no such command: \"" + verb + "\"; help lists them"));
        }
    }

    void expect(Session& from, const std::vector<std::string>& words) {
        const auto limit = words.size() == 5 && words[3] == "within" ? duration_of(words[4]) : std::nullopt;
        if (!limit) {
            return from.answer(failed("expect wants NAME VALUE within 2s (or 500ms)"));
        }
        const std::string& name = words[1];
        const std::string& wanted = words[2];
        World& world = world_;
        from.wait_until([&world, name, wanted] { return value_of(world, name) == wanted; },
                        std::chrono::steady_clock::now() + *limit,
                        [&world, name, wanted, within = words[4]] {
                            return failed(name + " is " + value_of(world, name).value_or("not here") +
                                          ", not " + wanted + ", after " + within);
                        });
    }

    void tell(Peer peer, const std::string& line) {
        if (const auto found = sessions_.find(peer); found != sessions_.end()) {
            const auto session = found->second;
            session->send(line + "\n");
        }
    }

    void closed(Peer peer) {
        sessions_.erase(peer);
        if (dialect_ != nullptr) {
            dialect_->gone(peer);
        }
    }

    asio::io_context& io_;
    std::string path_;
    World& world_;
    Dialect* dialect_;
    Unix::acceptor acceptor_;
    std::map<Peer, std::shared_ptr<Session>> sessions_;
    Peer last_peer_ = 0;
};

ControlServer::ControlServer(asio::io_context& io, std::string socket_path, World& world, Dialect* dialect) {
    // A peer that goes away while it is told something is an error of that one write, not the end of the
    // program.
    std::signal(SIGPIPE, SIG_IGN);
    impl_ = std::make_shared<Impl>(io, std::move(socket_path), world, dialect);
    impl_->start();
}

ControlServer::~ControlServer() { impl_->stop(); }

void ControlServer::listen_stdin() {
    // Started in the background of a terminal, reading it would stop the program; like this it is an error.
    std::signal(SIGTTIN, SIG_IGN);
    // Opened anew: Asio makes its descriptor non-blocking, and the terminal behind ours belongs to the shell
    // too.
    int fd = ::open("/dev/stdin", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fd = ::dup(STDIN_FILENO);
    }
    if (fd >= 0) {
        impl_->open_session(fd, true);
    }
}

} // namespace bms::sim
