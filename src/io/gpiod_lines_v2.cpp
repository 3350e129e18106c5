// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// libgpiod 2.x (Debian 13, Venus OS). One request a line, so that one line can be released or lost alone.
#include "io/gpiod_lines.hpp"

#include <gpiod.hpp>

namespace bms::io::gpiod_back_end {

namespace {

gpiod::line::value value_of(bool active) {
    return active ? gpiod::line::value::ACTIVE : gpiod::line::value::INACTIVE;
}

gpiod::line_settings settings_of(const LineRequest& request) {
    gpiod::line_settings settings;
    settings.set_active_low(request.active_low);
    switch (request.bias) {
    case Bias::as_is:
        break;
    case Bias::disabled:
        settings.set_bias(gpiod::line::bias::DISABLED);
        break;
    case Bias::pull_up:
        settings.set_bias(gpiod::line::bias::PULL_UP);
        break;
    case Bias::pull_down:
        settings.set_bias(gpiod::line::bias::PULL_DOWN);
        break;
    }
    if (request.direction == Direction::input) {
        settings.set_direction(gpiod::line::direction::INPUT).set_edge_detection(gpiod::line::edge::BOTH);
    } else {
        settings.set_direction(gpiod::line::direction::OUTPUT)
            .set_output_value(value_of(request.initially_active));
    }
    return settings;
}

class HeldLineV2 : public HeldLine {
  public:
    HeldLineV2(const std::string& path, unsigned offset, const LineRequest& request,
               const std::string& consumer)
        : offset_(offset),
          request_(gpiod::chip(path)
                       .prepare_request()
                       .set_consumer(consumer)
                       .add_line_settings(offset_, settings_of(request))
                       .do_request()) {}

    int fd() const override { return request_.fd(); }
    bool active() override { return request_.get_value(offset_) == gpiod::line::value::ACTIVE; }
    void drive(bool active) override { request_.set_value(offset_, value_of(active)); }

    std::vector<KernelEdge> edges() override {
        request_.read_edge_events(buffer_);
        std::vector<KernelEdge> edges;
        for (const gpiod::edge_event& event : buffer_) {
            const std::chrono::nanoseconds stamp(event.timestamp_ns().ns());
            edges.push_back({event.type() == gpiod::edge_event::event_type::RISING_EDGE,
                             Instant(std::chrono::duration_cast<Duration>(stamp))});
        }
        return edges;
    }

  private:
    gpiod::line::offset offset_;
    gpiod::line_request request_;
    gpiod::edge_event_buffer buffer_{16};
};

} // namespace

std::vector<ListedLine> lines_of(const std::string& path) {
    const gpiod::chip chip(path);
    const std::size_t count = chip.get_info().num_lines();
    std::vector<ListedLine> lines;
    for (unsigned offset = 0; offset < count; ++offset) {
        const gpiod::line_info line = chip.get_line_info(offset);
        lines.push_back({line.name(), line.consumer(), line.used()});
    }
    return lines;
}

std::unique_ptr<HeldLine> hold(const std::string& path, unsigned offset, const LineRequest& request,
                               const std::string& consumer) {
    return std::make_unique<HeldLineV2>(path, offset, request, consumer);
}

} // namespace bms::io::gpiod_back_end
