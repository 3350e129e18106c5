// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_orders.hpp"

namespace bms::tool {

namespace {

constexpr const char* mode_path = "/Mode";
constexpr const char* restart_path = "/Bms/Restart";
constexpr int inverter_only = 2;

std::string after_semicolon(const char* name, const std::string& words) {
    return words.empty() ? "" : std::string("; ") + name + ": " + words;
}

/// The daemon answers with a number only; its reason stands in its items.
std::string reason_of_refusal(const Order& order, const Items& items) {
    if (!items.contains(order.path)) {
        return "this service has no " + order.path;
    }
    if (order.path == restart_path) {
        return "no loads wait for a person" + after_semicolon("the state", text_of(items, "/Bms/State"));
    }
    auto link = text_of(items, "/Diagnostics/LinkReason");
    if (order.mode == nullptr) {
        return "the daemon refused" + after_semicolon("its link", link);
    }
    if (is(items, "/ModeIsAdjustable", 0)) {
        return "a Digital Multi Control has the switch";
    }
    if (!is(items, "/Diagnostics/ControlsInverter", 1) && !link.empty()) {
        return link;
    }
    return order.value == inverter_only ? "this inverter/charger cannot be switched to inverter only"
                                        : "the daemon refused" + after_semicolon("its link", link);
}

std::string permissions_text(const Answer& answer) {
    return std::string("loads ") + (answer.loads_allowed ? "allowed" : "NOT ALLOWED") + ", charging " +
           (answer.charging_allowed ? "allowed" : "NOT ALLOWED");
}

} // namespace

Order order_of(const Options& options) {
    switch (options.what) {
    case Do::mode: {
        const ModeWord* mode = find_mode(options.arguments.at(0));
        const std::string word(mode->word);
        return {mode_path, mode->value, "switched to " + word, "not switched to " + word, mode};
    }
    case Do::redetect:
        return {"/RedetectSystem", 1,
                "asked to look at the VE.Bus anew; vebus-bmsctl status shows the effect",
                "the VE.Bus was not looked at anew", nullptr};
    default:
        return {restart_path, 1, "asked to reconnect the loads; vebus-bmsctl status shows the effect",
                "loads were not restarted", nullptr};
    }
}

Answer answer_to(const Order& order, const WriteResult& result, const Service& after) {
    const Items& items = after.items;
    Answer answer{.service = clean(after.name),
                  .outcome = Outcome::done,
                  .what = order.done,
                  .why = "",
                  .loads_allowed = is(items, "/Bms/AllowToDischarge", 1),
                  .charging_allowed = is(items, "/Bms/AllowToCharge", 1),
                  .mode = text_of(items, mode_path),
                  .multi_mode = text_of(items, "/Diagnostics/MultiMode")};
    if (!result.accepted) {
        answer.outcome = Outcome::refused;
        answer.what = order.not_done;
        answer.why = result.why_not.empty() ? reason_of_refusal(order, items) : result.why_not;
    } else if (order.mode != nullptr && ((order.mode->draws && !answer.loads_allowed) ||
                                         (order.mode->charges && !answer.charging_allowed))) {
        answer.outcome = Outcome::held_back;
        answer.what =
            "asked for " + std::string(order.mode->word) + ", which it follows as far as the battery permits";
        answer.why = text_of(items, "/Bms/Reason");
    }
    return answer;
}

std::string_view word_of(Outcome outcome) {
    return outcome == Outcome::done ? "done" : outcome == Outcome::held_back ? "held back" : "refused";
}

std::string text_of(const Answer& answer) {
    std::string text = answer.service + ": " + answer.what;
    if (answer.outcome == Outcome::held_back) {
        text += ": " + permissions_text(answer);
    }
    text += answer.why.empty() ? "" : ": " + answer.why;
    if (answer.outcome == Outcome::held_back && !answer.multi_mode.empty()) {
        text += ". The Multi reports: " + answer.multi_mode;
    }
    return text;
}

} // namespace bms::tool
