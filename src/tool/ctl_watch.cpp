// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_watch.hpp"

#include "io/dbus_asio.hpp"
#include "tool/ctl_follower.hpp"
#include "tool/ctl_json.hpp"
#include "tool/ctl_terminal.hpp"
#include "tool/ctl_watch_model.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace bms::tool {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::chrono::seconds tick{1};

/// "12:00:00" of a time stamp.
std::string time_of_day(const std::string& stamp) { return stamp.substr(stamp.find('T') + 1, 8); }

class Watch {
  public:
    Watch(asio::io_context& io, io::BusChoice bus, bool json)
        : io_(io),
          json_(json),
          model_(io::bus_word(bus)),
          signals_(io, SIGINT, SIGTERM, SIGHUP),
          stops_(io, SIGTSTP),
          sizes_(io, SIGWINCH),
          clock_(io) {
        if (!json && stdout_is_screen()) {
            screen_ = std::make_unique<Screen>();
            wait_for_size();
            wait_for_stop();
            run_clock();
        }
        signals_.async_wait([this](error_code error, int) { error ? void() : io_.stop(); });
        follower_ = std::make_unique<Follower>(io, bus, events());
        draw();
    }

  private:
    FollowerEvents events() {
        return {.bus_found = [this] { tell(model_.bus_found()); },
                .bus_lost = [this](const auto& why) { tell(model_.bus_lost(why)); },
                .service_found =
                    [this](const std::string& name, Items items) {
                        tell(model_.service_found(name, std::move(items), uptime_s()));
                    },
                .items_changed =
                    [this](const auto& name, const Items& items) {
                        tell(model_.items_changed(name, items, uptime_s()));
                    },
                .service_gone = [this](const auto& name) { tell(model_.service_gone(name)); },
                .others =
                    [this](const auto& names) {
                        model_.others_are(names);
                        draw();
                    }};
    }

    void tell(const std::vector<Change>& news) {
        const auto stamp = time_stamp();
        for (const Change& change : news) {
            if (screen_) {
                model_.remember(time_of_day(stamp), change);
            } else {
                const auto line = json_ ? change_json(change, stamp, model_.items(change.service))
                                        : stamp + "  " + clean(words_of(change)) + "\n";
                std::fputs(line.c_str(), stdout);
            }
        }
        // Who reads the other end of a pipe wants it now.
        if (!news.empty() && !screen_ && std::fflush(stdout) != 0) {
            io_.stop();
        }
        draw();
    }

    void draw() {
        if (!screen_) {
            return;
        }
        auto look = look_of_stdout();
        --look.width; // what is erased to the edge must not reach a character there
        auto rows = rows_of(model_.page(uptime_s()), look);
        append_latest(rows, look);
        screen_->draw(rows);
    }

    /// What happened last goes into the room that is left.
    void append_latest(std::vector<std::string>& rows, const Look& look) const {
        std::vector<std::string> latest;
        for (const std::string& words : model_.latest()) {
            const auto more = wrapped(words, std::max(look.width, least_width));
            latest.insert(latest.end(), more.begin(), more.end());
        }
        const auto height = height_of_stdout();
        if (latest.empty() || height < rows.size() + 2) {
            return;
        }
        const auto shown = std::min(latest.size(), height - rows.size() - 1);
        rows.emplace_back();
        rows.insert(rows.end(), latest.end() - static_cast<std::ptrdiff_t>(shown), latest.end());
    }

    void wait_for_size() {
        sizes_.async_wait([this](error_code error, int) {
            if (!error) {
                draw();
                wait_for_size();
            }
        });
    }

    /// Ctrl-Z: the shell gets its terminal, and we get ours back after `fg`.
    void wait_for_stop() {
        stops_.async_wait([this](error_code error, int) {
            if (!error) {
                screen_->leave();
                std::raise(SIGSTOP);
                screen_->enter();
                draw();
                wait_for_stop();
            }
        });
    }

    void run_clock() {
        clock_.expires_after(tick);
        clock_.async_wait([this](error_code error) {
            if (!error) {
                model_.ticks() ? draw() : void();
                run_clock();
            }
        });
    }

    asio::io_context& io_;
    const bool json_;
    WatchModel model_;
    asio::signal_set signals_, stops_, sizes_;
    asio::steady_timer clock_;
    std::unique_ptr<Screen> screen_;
    std::unique_ptr<Follower> follower_;
};

} // namespace

Exit watch(io::BusChoice bus, bool json) {
    asio::io_context io(1);
    const Watch watching(io, bus, json);
    io.run();
    return exit_ok;
}

} // namespace bms::tool
