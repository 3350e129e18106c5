// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Victron's driver as another service on the bus, in virtual time: it answers after 20 ms, signals what
// changes, and obeys or does not.
#pragma once

#include "bms/guard/venus_link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace bms::guard {

inline constexpr auto driver_name = "com.victronenergy.vebus.ttyUSB0";

enum class Obeys {
    yes,
    no,         ///< says 0, done, and does nothing
    in_name,    ///< shows the mode and goes on inverting
    late_word,  ///< shows the mode of before once more, a second later
    refuses,    ///< says 2
    never_says, ///< no answer to writes or questions
};

class LinkWithADriver : public ::testing::Test {
  protected:
    LinkWithADriver() {
        items = {{"/Mode", 3},
                 {"/ModeIsAdjustable", 1},
                 {"/Bms/BmsType", venus::Value{}},
                 {"/State", 9},
                 {"/Connected", 1},
                 {"/Dc/0/Current", -20.0},
                 {"/Dc/0/Voltage", 25.5},
                 {"/Ac/ActiveIn/Connected", 0},
                 {"/Devices/NumberOfMultis", 1}};
    }

    void arrives(const std::string& name = driver_name) { link.appeared(name, now); }

    /// An item changes by itself, and is signalled.
    void becomes(const std::string& path, venus::Value value) {
        items[path] = value;
        link.told(driver_name, path, value, now);
    }

    void want(vebus::SwitchState mode, bool insist = true) {
        link.want(vebus::Wanted{.mode = mode, .insist = insist}, now);
    }

    void run(Duration length) {
        const Instant end = now + length;
        while (link.next_deadline() <= end || (late_word_at && *late_word_at <= end)) {
            if (late_word_at && *late_word_at <= link.next_deadline()) {
                now = std::max(now, *std::exchange(late_word_at, std::nullopt));
                link.told(driver_name, "/Mode", mode_before, now);
                continue;
            }
            now = std::max(now, link.next_deadline());
            for (const Request& request : link.due(now)) {
                venus::is_valid(request.write) ? write(request) : answer(request);
            }
        }
        now = end;
    }

    void answer(const Request& request) {
        ++questions;
        if (request.service == driver_name) {
            const auto found = items.find(request.path);
            const bool none = found == items.end() || obeys == Obeys::never_says;
            link.answered(request, none ? std::nullopt : std::optional(found->second), now + 20ms);
        }
    }

    void write(const Request& request) {
        writes.push_back(whole_of(request.write).value_or(-1));
        if (obeys == Obeys::never_says) {
            link.written(request, std::nullopt, now + 20ms);
            return;
        }
        if (obeys == Obeys::refuses) {
            link.written(request, 2, now + 20ms);
            return;
        }
        if (obeys != Obeys::no) {
            mode_before = items["/Mode"];
            becomes("/Mode", request.write);
            if (obeys == Obeys::late_word) {
                late_word_at = now + 1s;
            } else if (obeys == Obeys::yes) {
                const bool inverts = writes.back() == 3 || writes.back() == 2;
                becomes("/State", inverts ? 9 : 0);
                if (venus::is_valid(items["/Dc/0/Current"])) {
                    becomes("/Dc/0/Current", inverts ? -20.0 : 0.0);
                }
            }
        }
        link.written(request, 0, now + 20ms);
    }

    int number(const std::string& path) { return whole_of(items[path]).value_or(-1); }

    VenusLink link{VenusLinkSettings{.transmit = true}};
    Instant now{1000s};
    Obeys obeys = Obeys::yes;
    std::map<std::string, venus::Value> items;
    std::vector<int> writes; ///< of /Mode, oldest first
    int questions = 0;

  private:
    std::optional<Instant> late_word_at;
    venus::Value mode_before;
};

} // namespace bms::guard
