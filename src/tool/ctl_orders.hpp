// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a person asks of the daemon, and what became of it, with the reason. Pure.
#pragma once

#include "tool/ctl_commands.hpp"
#include "tool/ctl_items.hpp"

namespace bms::tool {

/// A write over D-Bus, and what the one who asked for it reads about it.
struct Order {
    std::string path;
    int value;
    std::string done, not_done; ///< "asked to ...", "... was not ..."
    const ModeWord* mode = nullptr;
};

/// Of mode, restart-loads and redetect.
Order order_of(const Options&);

/// Of SetValue.
struct WriteResult {
    bool accepted = false;
    std::string why_not; ///< of the bus or its policy; empty: the daemon itself refused
};

enum class Outcome { done, held_back, refused };

struct Answer {
    std::string service;
    Outcome outcome;
    std::string what, why;
    bool loads_allowed, charging_allowed;
    std::string mode, multi_mode; ///< the wish, and what the Multi reports; empty: not known
};

/// With the items as they are after the write.
Answer answer_to(const Order&, const WriteResult&, const Service& after);

/// "done", "held back", "refused".
std::string_view word_of(Outcome);

std::string text_of(const Answer&);

} // namespace bms::tool
