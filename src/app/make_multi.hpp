// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/bus_watch.hpp"
#include "app/multi_control.hpp"

#include "bms/profile/profile.hpp"
#include "bms/vebus/originals.hpp"

#include <memory>
#include <optional>

namespace bms::app {

/// The way to the inverter/charger that /vebus/link names; nullptr: none. originals: what an earlier run owes
/// the Multi. watch: there with the "venus" link, and then it must outlive what is made.
std::unique_ptr<MultiControl> make_multi(boost::asio::io_context& loop, const config::Vebus& config,
                                         const std::optional<profile::Profile>& frames,
                                         const vebus::Originals& originals, BusWatch* watch,
                                         const MultiControl::Events& events);

/// Other services are looked at where we are one ourselves, or are to command one.
bool needs_bus_watch(const config::Config& config);

} // namespace bms::app
