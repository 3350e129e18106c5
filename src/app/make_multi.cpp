// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/make_multi.hpp"

#include "app/multi_link.hpp"
#include "app/presence.hpp"
#include "app/venus_multi.hpp"

#include <utility>

namespace bms::app {

std::unique_ptr<MultiControl> make_multi(boost::asio::io_context& loop, const config::Vebus& config,
                                         const std::optional<profile::Profile>& frames,
                                         const vebus::Originals& originals, BusWatch* watch,
                                         const MultiControl::Events& events) {
    if (config.link == config::LinkKind::venus && watch != nullptr) {
        auto multi = std::make_unique<VenusMulti>(watch->bus(), config, events);
        watch->add(*multi);
        return multi;
    }
    auto back_end = make_back_end(config, frames, originals);
    return back_end.link ? std::make_unique<MultiLink>(loop, config, std::move(back_end), events) : nullptr;
}

bool needs_bus_watch(const config::Config& config) {
    return has_presence(config.dbus) || config.vebus.link == config::LinkKind::venus ||
           config.shunt.service.has_value();
}

} // namespace bms::app
