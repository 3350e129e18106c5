// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What is there: asked at a start, and what stays unanswered now and then again.
#pragma once

#include "bms/vebus/link.hpp"
#include "bms/vebus/scale.hpp"

#include <vector>

namespace bms::vebus {

/// RAM variables whose scales are asked for where they are measured [V].
inline constexpr std::uint8_t ram_battery_voltage = 4;
inline constexpr std::uint8_t ram_battery_current = 5;

class Checks {
  public:
    struct Ask {
        std::uint8_t unit;
        Message message;
    };

    /// Writes what is found into the findings.
    Checks(int max_tries, bool asks_scales, LinkFindings&);

    /// Everything is asked anew when these are others than before: true, and no answer counts for what was
    /// asked until then.
    bool units_are(const std::vector<std::uint8_t>&);
    void restart();
    /// The Multi is heard (again): what was left unanswered is asked at once.
    void heard();

    /// Another BMS and the firmware: answered, or left unanswered for once. Before that nothing may be
    /// changed.
    bool first_ones_done() const;
    Instant due_at() const;
    std::optional<Ask> next(std::uint8_t id, Instant now);
    /// The reply to what next() gave.
    void answered(const Message&, Instant now);
    /// No reply came in time; true when these were all its tries and it rests now.
    bool unanswered(Instant now);

    /// Empty until told, and when the unit does not support the variable.
    std::optional<RamScale> scale(std::uint8_t unit, std::uint8_t variable) const;

  private:
    enum class Kind { bms, version, dmc, configured, scale, ess };
    struct Question {
        Kind kind{};
        std::uint8_t unit = 0;
        std::uint8_t variable = 0; ///< of a scale; of the ESS search: where it has come to
        Instant due = Instant::min();
        int tries = 0;
        bool answered = false;
        bool given_up = false; ///< once
        std::optional<std::uint16_t> low_word{};
        std::optional<std::uint32_t> too_old{}; ///< a version that is believed when told twice
        std::optional<Firmware> firmware{};
        std::optional<bool> flag{};
        std::optional<RamScale> scale{};
        bool settled() const { return answered || given_up; }
    };

    static bool first_one(const Question& q) { return q.kind == Kind::bms || q.kind == Kind::version; }
    static bool poll(const Question& q) { return q.kind == Kind::bms || q.kind == Kind::dmc; }
    static Message message_of(const Question&, std::uint8_t id);
    static void take_version(Question&, const VersionPart&);
    void take_record(Question&, std::uint16_t head);
    void finish(Question&, Instant now);
    void sum_up();

    int max_tries;
    bool asks_scales;
    LinkFindings& found;
    std::vector<std::uint8_t> units{0};
    std::vector<Question> questions;
    std::size_t asked = 0; ///< index of the open question
};

} // namespace bms::vebus
