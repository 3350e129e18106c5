// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_bus_command.hpp"
#include "tool/ctl_bus_listen.hpp"

#include "bms/capture/stats.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

namespace bms::tool {

namespace {

std::string wall_clock() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text.data();
}

/// The file, flushed by who holds it. The first error stays.
class Output {
  public:
    /// What is in the way of it; empty: it is open.
    std::string open(const std::string& path, bool force) {
        const int fd =
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), 0644);
        if (fd < 0) {
            return "cannot write " + path + ": " + std::strerror(errno) +
                   (errno == EEXIST ? ". Take another name, or --force to write over it" : "");
        }
        file = ::fdopen(fd, "w");
        return "";
    }
    ~Output() { close(); }
    Output() = default;
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(const std::string& line) { std::fputs(line.c_str(), file); }
    bool flush() { return std::fflush(file) == 0 && std::ferror(file) == 0; }
    bool close() {
        const bool good = file == nullptr || (flush() && std::fclose(file) == 0);
        file = nullptr;
        return good;
    }

  private:
    std::FILE* file = nullptr;
};

/// What it says meanwhile to a person who watches.
class Display {
  public:
    void show(const capture::Stats& stats) {
        ++seconds;
        if (::isatty(STDERR_FILENO) != 0) {
            std::fprintf(stderr, "\r%u s: %llu frames/s, %llu rejected, %zu unknown kinds\x1b[K", seconds,
                         static_cast<unsigned long long>(stats.frames() - frames),
                         static_cast<unsigned long long>(stats.rejects()), stats.unknown_groups());
        }
        frames = stats.frames();
    }
    static void end() {
        if (::isatty(STDERR_FILENO) != 0) {
            std::fputc('\n', stderr);
        }
    }

  private:
    unsigned seconds = 0;
    std::uint64_t frames = 0;
};

} // namespace

int bus_record(const BusOptions& options) {
    const std::string &port = options.names[0], &path = options.names[1];
    const capture::Header header{.wire = options.wire(),
                                 .baud = options.speed(),
                                 .started = wall_clock(),
                                 .program = BMS_VERSION,
                                 .port = capture::mark_text(port)};
    Output output;
    capture::Stats stats(header);
    Display display;
    std::string trouble;
    const auto opened = [&] {
        trouble = output.open(path, options.force);
        if (!trouble.empty()) {
            return false;
        }
        output.write(line_of(header));
        std::fprintf(stderr, "Recording %s to %s. Type what you do and press Enter; end with Ctrl-C.\n",
                     port.c_str(), path.c_str());
        return true;
    };
    const Listener listener{.heard =
                                [&](capture::Chunk&& chunk) {
                                    output.write(line_of(chunk));
                                    stats.add(chunk);
                                },
                            .typed =
                                [&](const capture::Mark& mark) {
                                    output.write(line_of(mark));
                                    stats.add(mark);
                                },
                            .every_second =
                                [&] {
                                    display.show(stats);
                                    if (!output.flush()) {
                                        trouble = "cannot write " + path + ": " + std::strerror(errno);
                                    }
                                    return trouble.empty();
                                }};
    const auto lost = listen(port, header.baud, options.seconds, opened, listener);
    if (!trouble.empty()) {
        bus_complain(trouble);
        return bus_trouble;
    }
    if (lost && stats.frames() + stats.rejects() == 0) {
        bus_complain(*lost); // it could not be opened, or said nothing
        return bus_trouble;
    }
    Display::end();
    if (lost) {
        output.write(capture::note_line("ended: " + *lost));
        bus_complain(*lost + ". What was heard before is in " + path);
    }
    if (!output.close()) {
        bus_complain("cannot write " + path + ": " + std::strerror(errno));
        return bus_trouble;
    }
    std::fputs(stats.text().c_str(), stdout);
    return lost ? bus_trouble : bus_done;
}

} // namespace bms::tool
