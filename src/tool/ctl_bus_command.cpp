// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_bus_command.hpp"

#include "tool/ctl_bus_listen.hpp"

#include "bms/capture/diff.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sys/stat.h>

namespace bms::tool {

namespace {

using capture::Chunk;
using capture::Entry;
using capture::Header;
using capture::Mark;

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

/// Reads a capture and gives its entries one by one, the header first. What entry returns is an error, if it
/// is not empty. False, and it was complained about: the file cannot be used.
template<typename Take>
bool read_capture(const std::string& path, Take take) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
    if (!file) {
        bus_complain("cannot read " + path + ": " + std::strerror(errno));
        return false;
    }
    capture::Parser parser;
    std::array<char, 65536> piece{};
    while (const auto size = std::fread(piece.data(), 1, piece.size(), file.get())) {
        for (const Entry& entry : parser.push({piece.data(), size})) {
            if (const std::string wrong = take(entry); !wrong.empty()) {
                bus_complain(std::string(path).append(": ").append(wrong));
                return false;
            }
        }
    }
    if (std::ferror(file.get()) != 0) {
        bus_complain("cannot read " + path + ": " + std::strerror(errno));
        return false;
    }
    if (const auto end = parser.finish()) {
        bus_complain(path + ", " + *end);
    }
    if (parser.error()) {
        bus_complain(path + ", " + *parser.error() + ".");
        return false;
    }
    return true;
}

/// The frames that pass, as text or JSON.
class Printer {
  public:
    explicit Printer(const BusOptions& options_) : options(options_) {}

    std::string take(const Entry& entry) {
        if (const auto* header = std::get_if<Header>(&entry)) {
            decoder.emplace(header->wire);
            if (!options.json) {
                print("# " + text(*header) + '\n');
            }
        } else if (const auto* mark = std::get_if<Mark>(&entry)) {
            print(options.json ? json_line(*mark) : line_of_text(*mark));
        } else if (!options.marks) {
            for (const auto& heard : decoder->push(std::get<Chunk>(entry))) {
                if (passes(heard, options.filter)) {
                    print(options.json ? json_line(heard) : line_of_text(heard));
                }
            }
        }
        return "";
    }

  private:
    const BusOptions& options;
    std::optional<capture::Decoder> decoder;
};

bool is_device(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISCHR(status.st_mode);
}

int decode_live(const BusOptions& options) {
    Printer printer(options);
    const std::string& port = options.names[0];
    const auto opened = [&] {
        printer.take(Header{.wire = options.wire(),
                            .baud = options.speed(),
                            .started = "now",
                            .program = BMS_VERSION,
                            .port = port});
        return true;
    };
    const Listener listener{.heard = [&](Chunk&& chunk) { printer.take(std::move(chunk)); },
                            .typed = {},
                            .every_second = [] { return std::fflush(stdout) == 0; }};
    if (const auto lost = listen(port, options.speed(), options.seconds, opened, listener)) {
        bus_complain(*lost);
        return bus_trouble;
    }
    return bus_done;
}

bool read_side(const std::string& path, capture::Side& side) {
    std::optional<capture::Decoder> decoder;
    return read_capture(path, [&](const Entry& entry) -> std::string {
        if (const auto* header = std::get_if<Header>(&entry)) {
            decoder.emplace(header->wire);
        } else if (const auto* chunk = std::get_if<Chunk>(&entry)) {
            for (const auto& heard : decoder->push(*chunk)) {
                side.add(heard);
            }
        }
        return "";
    });
}

int diff_marks(const BusOptions& options) {
    std::optional<capture::Sections> sections;
    const bool read = read_capture(options.names[0], [&](const Entry& entry) -> std::string {
        if (const auto* header = std::get_if<Header>(&entry)) {
            sections.emplace(*header, Seconds(options.settle_s));
        } else if (const auto* chunk = std::get_if<Chunk>(&entry)) {
            sections->add(*chunk);
        } else {
            return sections->add(std::get<Mark>(entry)).value_or("");
        }
        return "";
    });
    if (!read) {
        return bus_trouble;
    }
    print(sections->text(options.all));
    return bus_done;
}

std::string ports_in_words() {
    const auto ports = serial_ports();
    if (ports.empty()) {
        return "No serial adapter is plugged in (/dev/serial/by-id is empty); a UART of the board is "
               "/dev/ttyAMA0 or "
               "the like.";
    }
    std::string words = "Adapters here:";
    for (const auto& port : ports) {
        words += "\n  " + port;
    }
    return words;
}

} // namespace

void bus_complain(const std::string& text) { std::fprintf(stderr, "vebus-bmsctl: %s\n", text.c_str()); }

int bus_decode(const BusOptions& options) {
    if (is_device(options.names[0])) {
        if (options.marks) {
            bus_complain("--marks is for a file; a port has no marks. Try bus --help.");
            return bus_usage;
        }
        return decode_live(options);
    }
    Printer printer(options);
    return read_capture(options.names[0], [&](const Entry& entry) { return printer.take(entry); })
               ? bus_done
               : bus_trouble;
}

int bus_stats(const BusOptions& options) {
    std::optional<capture::Stats> stats;
    const bool read = read_capture(options.names[0], [&](const Entry& entry) -> std::string {
        if (const auto* header = std::get_if<Header>(&entry)) {
            stats.emplace(*header);
        } else if (const auto* chunk = std::get_if<Chunk>(&entry)) {
            stats->add(*chunk);
        } else {
            stats->add(std::get<Mark>(entry));
        }
        return "";
    });
    if (!read) {
        return bus_trouble;
    }
    print(stats->text());
    return bus_done;
}

int bus_diff(const BusOptions& options) {
    if (options.marks) {
        return diff_marks(options);
    }
    capture::Side a(options.names[0]), b(options.names[1]);
    if (!read_side(options.names[0], a) || !read_side(options.names[1], b)) {
        return bus_trouble;
    }
    print(difference(a, b, options.all));
    return bus_done;
}

int bus_command(std::span<char* const> words) {
    const auto parsed = parse_bus_options(words);
    if (const auto* wrong = std::get_if<std::string>(&parsed)) {
        bus_complain(*wrong + ". Try bus --help.");
        if (!words.empty() && std::string_view(words[0]) == "record") {
            bus_complain(ports_in_words());
        }
        return bus_usage;
    }
    const auto& options = std::get<BusOptions>(parsed);
    if (options.verb.empty()) {
        print(bus_help);
        return bus_done;
    }
    if (options.verb == "record") {
        return bus_record(options);
    }
    if (options.verb == "decode") {
        return bus_decode(options);
    }
    return options.verb == "stats" ? bus_stats(options) : bus_diff(options);
}

} // namespace bms::tool
