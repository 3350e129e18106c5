// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The line port over the kernel's GPIO chips.
#include "io/gpiod_lines.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <numeric>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bms::io {

namespace asio = boost::asio;
using namespace gpiod_back_end;

namespace {

Instant monotonic_now() {
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

std::string place_of(const std::string& path, unsigned offset) {
    return path.substr(path.rfind('/') + 1) + " line " + std::to_string(offset);
}

std::vector<std::string> chip_paths() {
    std::vector<std::string> paths;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/dev", ignored)) {
        if (entry.path().filename().string().starts_with("gpiochip")) {
            paths.push_back(entry.path());
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

bool is_permission(int error) { return error == EACCES || error == EPERM; }

std::string text_of(const std::system_error& error) { return error.code().message(); }

std::string chip_trouble(const std::string& path, const std::system_error& error) {
    std::string text = "cannot open " + path + ": " + text_of(error);
    if (is_permission(error.code().value())) {
        text += ": the user it runs as must be in the group that owns the chip (usually gpio)";
    }
    return text;
}

/// How many letters differ, for "did you mean": Levenshtein's distance, upper and lower case alike.
std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const bool same = std::tolower(static_cast<unsigned char>(a[i])) ==
                              std::tolower(static_cast<unsigned char>(b[j]));
            const std::size_t replaced = diagonal + (same ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

/// Where a request leads: one line of one chip, and who has it.
struct Place {
    std::string path;
    unsigned offset = 0;
    ListedLine listed;
};

struct Search {
    std::vector<Place> found;
    std::size_t chips = 0; ///< searched
    std::string trouble;   ///< with a chip that could not be searched
    std::string similar;   ///< the nearest other name, if it is near at all
};

void search_chip(const std::string& path, const std::string& name, Search& search, std::size_t& nearest) {
    const std::vector<ListedLine> lines = lines_of(path);
    ++search.chips;
    for (unsigned offset = 0; offset < lines.size(); ++offset) {
        const ListedLine& line = lines[offset];
        if (line.name == name) {
            search.found.push_back({path, offset, line});
        } else if (const std::size_t far = distance(line.name, name); !line.name.empty() && far < nearest) {
            nearest = far;
            search.similar = line.name;
        }
    }
}

Search search_chips(const std::string& name) {
    Search search;
    std::size_t nearest = 1 + name.size() / 3;
    for (const std::string& path : chip_paths()) {
        try {
            search_chip(path, name, search, nearest);
        } catch (const std::system_error& error) {
            search.trouble = chip_trouble(path, error);
        }
    }
    return search;
}

LineResult<Place> failed(std::string text) { return {std::nullopt, {std::move(text)}}; }

LineResult<Place> find_named(const std::string& name) {
    const Search search = search_chips(name);
    if (search.found.size() == 1) {
        return {search.found.front(), {}};
    }
    if (search.found.size() > 1) {
        const Place& a = search.found[0];
        const Place& b = search.found[1];
        return failed("GPIO line name " + name + " is ambiguous: it is " + place_of(a.path, a.offset) +
                      " and " + place_of(b.path, b.offset) + "; give chip and offset instead");
    }
    std::string text = "no GPIO line is named " + name + " (" + std::to_string(search.chips) +
                       (search.chips == 1 ? " chip" : " chips") + " searched)";
    if (!search.similar.empty()) {
        text += "; there is a " + search.similar;
    }
    if (!search.trouble.empty()) {
        text += "; " + search.trouble;
    }
    return failed(text + (search.chips != 0 ? "; gpioinfo lists the names" : ""));
}

LineResult<Place> find_placed(const std::string& path, unsigned offset) {
    if (!std::filesystem::exists(path)) {
        std::string text = "there is no GPIO chip " + path + "; there are:";
        const std::vector<std::string> paths = chip_paths();
        for (const std::string& other : paths) {
            text += " " + other;
        }
        return failed(text + (paths.empty() ? " none" : ""));
    }
    try {
        const std::vector<ListedLine> lines = lines_of(path);
        if (offset < lines.size()) {
            return {Place{path, offset, lines[offset]}, {}};
        }
        return failed(path + " has lines 0 to " + std::to_string(lines.size() - 1) + ", not " +
                      std::to_string(offset));
    } catch (const std::system_error& error) {
        return failed(chip_trouble(path, error));
    }
}

LineResult<Place> find(const LineRequest& request) {
    return request.name.empty() ? find_placed(request.chip, request.offset) : find_named(request.name);
}

/// "GPIO17 (gpiochip0 line 17)".
std::string label_of(const LineRequest& request, const Place& place) {
    const std::string& name = request.name.empty() ? place.listed.name : request.name;
    const std::string at = place_of(place.path, place.offset);
    return name.empty() ? at : name + " (" + at + ")";
}

/// Venus OS exports its inputs and relays through sysfs at boot; such a line is busy until it is unexported.
std::string refusal(const LineRequest& request, const Place& place, const std::system_error& error) {
    const std::string label = label_of(request, place);
    const int code = error.code().value();
    if (code == EBUSY) {
        const LineResult<Place> now = find_placed(place.path, place.offset);
        const std::string holder = now ? now.value->listed.consumer : place.listed.consumer;
        const std::string text = label + " is used by \"" +
                                 (holder.empty() ? "somebody the kernel does not name" : holder) + "\": ";
        return text + (holder == "sysfs"
                           ? "unexport it (write its number to /sys/class/gpio/unexport; on Venus OS "
                             "also disable that digital input or relay), or use another line"
                           : "end that program, or use another line");
    }
    if (is_permission(code)) {
        return chip_trouble(place.path, error);
    }
    const bool biased = request.bias != Bias::as_is;
    return "the kernel refuses " + label + ": " + text_of(error) +
           (biased ? " (a bias is asked for, and not every chip has one: try bias as_is and a resistor)"
                   : "");
}

/// A copy of a line's descriptor for the loop to wait on, since Asio closes what it is given.
std::unique_ptr<asio::posix::stream_descriptor> waitable(asio::io_context& io, int fd) {
    const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) {
        throw std::system_error(errno, std::generic_category());
    }
    auto descriptor = std::make_unique<asio::posix::stream_descriptor>(io);
    boost::system::error_code error;
    if (descriptor->assign(copy, error)) {
        ::close(copy);
        throw std::system_error(error.value(), std::generic_category());
    }
    return descriptor;
}

LineError not_held() { return {"the line is not held any more: it was lost or released"}; }

} // namespace

class GpiodLines : public LinePort {
  public:
    GpiodLines(asio::io_context& io, std::string consumer) : io_(io), consumer_(std::move(consumer)) {}

    void on_events(Events events) override { events_ = std::move(events); }

    LineResult<LineHandle> request(const LineRequest& request) override {
        const LineResult<Place> place = find(request);
        if (!place) {
            return {std::nullopt, place.error};
        }
        try {
            auto line = hold(place.value->path, place.value->offset, request, consumer_);
            const bool active = line->active();
            auto readable = request.direction == Direction::input ? waitable(io_, line->fd()) : nullptr;
            const LineHandle handle = ++last_handle_;
            held_.emplace(handle,
                          std::make_shared<Held>(Held{label_of(request, *place.value), std::move(line),
                                                      active, Instant::min(), std::move(readable)}));
            if (request.direction == Direction::input) {
                watch(handle);
            }
            return {handle, {}};
        } catch (const std::system_error& error) {
            return {std::nullopt, {refusal(request, *place.value, error)}};
        }
    }

    void release(LineHandle handle) override { held_.erase(handle); }

    LineResult<bool> read(LineHandle handle) override {
        const auto found = held_.find(handle);
        if (found == held_.end()) {
            return {std::nullopt, not_held()};
        }
        try {
            return {found->second->line->active(), {}};
        } catch (const std::system_error& error) {
            return {std::nullopt, lose(handle, text_of(error))};
        }
    }

    std::optional<LineError> write(LineHandle handle, bool active) override {
        const auto found = held_.find(handle);
        if (found == held_.end()) {
            return not_held();
        }
        if (found->second->readable) {
            return LineError{"GPIO line " + found->second->label + " is an input"};
        }
        try {
            found->second->line->drive(active);
            return std::nullopt;
        } catch (const std::system_error& error) {
            return lose(handle, text_of(error));
        }
    }

  private:
    struct Held {
        std::string label;
        std::unique_ptr<HeldLine> line;
        bool last_active; ///< as told by the last edge, or found at the request
        Instant last_at;
        std::unique_ptr<asio::posix::stream_descriptor> readable; ///< inputs only
    };

    /// The kernel's descriptor of a line whose chip is gone hangs up.
    static bool hung_up(int fd) {
        pollfd look{.fd = fd, .events = POLLIN, .revents = 0};
        return ::poll(&look, 1, 0) == 1 && (look.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    }

    void watch(LineHandle handle) {
        held_.at(handle)->readable->async_wait(
            asio::posix::stream_descriptor::wait_read,
            [this, alive = std::weak_ptr<int>(alive_), handle](const boost::system::error_code& error) {
                if (!error && !alive.expired() && held_.contains(handle)) {
                    woken(handle);
                }
            });
    }

    void woken(LineHandle handle) {
        const auto held = held_.at(handle); // a callback may release the line
        try {
            if (hung_up(held->line->fd())) {
                lose(handle, "its chip is gone");
                return;
            }
            for (const KernelEdge& edge : held->line->edges()) {
                deliver(handle, *held, edge.active, edge.at);
            }
            // The kernel and some chips merge edges that come quickly: the level has the last word.
            deliver(handle, *held, held->line->active(), monotonic_now());
        } catch (const std::system_error& error) {
            if (error.code().value() != EAGAIN) {
                lose(handle, text_of(error));
            }
        }
        if (held_.contains(handle)) {
            watch(handle);
        }
    }

    /// A level told already is no edge: it is the kernel's own event for one we made of a level, come late.
    void deliver(LineHandle handle, Held& held, bool active, Instant at) {
        if (active == held.last_active || !held_.contains(handle)) {
            return;
        }
        held.last_active = active;
        held.last_at = std::max(at, held.last_at);
        if (events_.edge) {
            events_.edge({handle, active, held.last_at});
        }
    }

    /// The line is dead from here on; whoever listens hears of it from the loop, not inside their own call.
    LineError lose(LineHandle handle, const std::string& why) {
        const auto found = held_.find(handle);
        if (found == held_.end()) {
            return not_held();
        }
        LineError error{"GPIO line " + found->second->label + " is lost: " + why};
        held_.erase(found);
        asio::post(io_, [this, alive = std::weak_ptr<int>(alive_), handle, error] {
            if (!alive.expired() && events_.lost) {
                events_.lost(handle, error);
            }
        });
        return error;
    }

    asio::io_context& io_;
    std::string consumer_;
    Events events_;
    std::map<LineHandle, std::shared_ptr<Held>> held_;
    LineHandle last_handle_ = 0;
    std::shared_ptr<int> alive_ = std::make_shared<int>(); ///< handlers that outlive the port see it expired
};

LineResult<std::string> holder_of_gpiod_line(const LineRequest& request) {
    const LineResult<Place> place = find(request);
    if (!place) {
        return {std::nullopt, place.error};
    }
    const ListedLine& listed = place.value->listed;
    const bool unnamed = listed.used && listed.consumer.empty();
    return {unnamed ? "the kernel" : listed.consumer, {}};
}

std::unique_ptr<LinePort> make_gpiod_lines(asio::io_context& io, std::string consumer) {
    return std::make_unique<GpiodLines>(io, std::move(consumer));
}

} // namespace bms::io
