// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// libgpiod 1.6 (Debian 12). Its chip object caches line handles, so every line we hold opens its own chip.
#include "io/gpiod_lines.hpp"

#include <gpiod.hpp>

namespace bms::io::gpiod_back_end {

namespace {

std::bitset<32> flags_of(const LineRequest& request) {
    std::bitset<32> flags;
    if (request.active_low) {
        flags |= gpiod::line_request::FLAG_ACTIVE_LOW;
    }
    switch (request.bias) {
    case Bias::as_is:
        break;
    case Bias::disabled:
        flags |= gpiod::line_request::FLAG_BIAS_DISABLE;
        break;
    case Bias::pull_up:
        flags |= gpiod::line_request::FLAG_BIAS_PULL_UP;
        break;
    case Bias::pull_down:
        flags |= gpiod::line_request::FLAG_BIAS_PULL_DOWN;
        break;
    }
    return flags;
}

class HeldLineV1 : public HeldLine {
  public:
    HeldLineV1(const std::string& path, unsigned offset, const LineRequest& request,
               const std::string& consumer)
        : line_(gpiod::chip(path, gpiod::chip::OPEN_BY_PATH).get_line(offset)) {
        const bool input = request.direction == Direction::input;
        line_.request({consumer,
                       input ? gpiod::line_request::EVENT_BOTH_EDGES : gpiod::line_request::DIRECTION_OUTPUT,
                       flags_of(request)},
                      request.initially_active ? 1 : 0);
    }
    ~HeldLineV1() override { line_.release(); }
    HeldLineV1(const HeldLineV1&) = delete;
    HeldLineV1& operator=(const HeldLineV1&) = delete;

    int fd() const override { return line_.event_get_fd(); }
    bool active() override { return line_.get_value() != 0; }
    void drive(bool active) override { line_.set_value(active ? 1 : 0); }

    std::vector<KernelEdge> edges() override {
        std::vector<KernelEdge> edges;
        for (const gpiod::line_event& event : line_.event_read_multiple()) {
            edges.push_back({event.event_type == gpiod::line_event::RISING_EDGE,
                             Instant(std::chrono::duration_cast<Duration>(event.timestamp))});
        }
        return edges;
    }

  private:
    gpiod::line line_;
};

} // namespace

std::vector<ListedLine> lines_of(const std::string& path) {
    const gpiod::chip chip(path, gpiod::chip::OPEN_BY_PATH);
    std::vector<ListedLine> lines;
    for (unsigned offset = 0; offset < chip.num_lines(); ++offset) {
        const gpiod::line line = chip.get_line(offset);
        lines.push_back({line.name(), line.consumer(), line.is_used()});
    }
    return lines;
}

std::unique_ptr<HeldLine> hold(const std::string& path, unsigned offset, const LineRequest& request,
                               const std::string& consumer) {
    return std::make_unique<HeldLineV1>(path, offset, request, consumer);
}

} // namespace bms::io::gpiod_back_end
