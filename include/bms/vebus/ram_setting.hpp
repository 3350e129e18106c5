// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A setting of the Multi that is changed for a while, in RAM only, and given back.
//
// A change in RAM cannot be seen by reading the setting back [1], so the original is read before the first
// write and kept until a write of the original has been acknowledged. What is kept here is what must be given
// back.
#pragma once

#include "bms/time.hpp"
#include "bms/vebus/frame.hpp"

#include <string>

namespace bms::vebus {

/// Whether the Multi does what is asked, as far as its answers tell.
struct Capability {
    enum class Known { unknown, yes, no };
    Known known = Known::unknown;
    std::string why; ///< in words, when no, and while requests go unanswered
    bool operator==(const Capability&) const = default;
};

class RamSetting {
  public:
    /// What is changed in the original: bits set in it, then a largest value.
    struct Change {
        std::uint16_t set_bits = 0;
        std::uint16_t at_most = 0xFFFF;
        bool operator==(const Change&) const = default;
    };

    /// After max_tries requests in a row without an answer. A bus that loses frames is asked again soon, a
    /// Multi that never answers ever more rarely: each rest is twice the one before, up to `repeat`.
    static constexpr Duration shortest_rest = 250ms;

    /// number: of the setting. repeat: a change is written again this long after it was acknowledged, and
    /// this is the longest rest.
    RamSetting(std::uint8_t number, Duration repeat, int max_tries);

    /// nullopt: the original back.
    void want(std::optional<Change>);
    /// An original kept from an earlier run: the setting counts as changed until it has been given back.
    void restore(std::uint16_t original);

    /// When the next request is due; never: none is.
    Instant due_at() const;
    /// The request to send now, if any.
    std::optional<Message> due(std::uint8_t request_id, Instant now) const;
    /// due() went out.
    void sent(const Message&);
    /// The reply to what was sent.
    void answered(const Message&, Instant now);
    /// No reply came in time; true when these were max_tries in a row and it rests now.
    bool unanswered(Instant now);
    /// The unit was gone and may have been restarted: what was acknowledged counts no more.
    void forget();

    /// The wanted change is acknowledged.
    bool in_force() const { return change && original_value && applied == wanted_value(); }
    /// The setting may differ from its original.
    bool changed() const { return touched; }
    std::optional<std::uint16_t> original() const { return original_value; }
    const Capability& capability() const { return able; }

  private:
    std::uint16_t wanted_value() const;
    void refused(const WinmonVerdict&);
    void written(const WinmonVerdict&, Instant now);
    void clean();
    void try_afresh();

    std::uint8_t number;
    Duration repeat;
    int max_tries;
    std::optional<Change> change;
    std::optional<std::uint16_t> first_read;
    std::optional<std::uint16_t> original_value;
    std::optional<std::uint16_t> applied;
    std::uint16_t in_flight = 0;
    bool touched = false;
    int tries = 0;
    Duration rest = shortest_rest;
    Instant rest_until = Instant::min();
    Instant repeat_at = Instant::min();
    Capability able;
};

} // namespace bms::vebus
