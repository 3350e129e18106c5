// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What the Multi does by itself tell, as values.
#pragma once

#include "bms/vebus/link.hpp"

namespace bms::vebus {

class Reports {
  public:
    /// measured_elsewhere: voltage and current are not taken from broadcasts.
    Reports(bool measured_elsewhere, Duration settle, LinkStatus&);

    void heard(Instant now);
    void lost();
    void take(const Message&);
    void take_panel(SwitchState, bool is_dmc, Instant now);
    /// What only a Multi that misses its BMS shows, when charging is allowed and nothing was changed.
    void watch_for_emergency(bool charge_free, Instant now);

  private:
    void take_master_led(const MasterLed&);
    void take_condition(const Condition&);

    bool measured_elsewhere;
    Duration settle; ///< what a panel says so soon after the Multi was first heard is no change
    LinkStatus& seen;
    std::optional<Instant> first_heard;
    std::optional<Instant> emergency_since;
};

/// The id of a winmon reply; nullopt: it is none.
std::optional<std::uint8_t> reply_id(const Message&);

/// Whether reply can be the answer to request.
bool answers(const Message& request, const Message& reply);

} // namespace bms::vebus
