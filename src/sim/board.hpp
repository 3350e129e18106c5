// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The simulated board: what hangs on the GPIO lines (battery loops, remote on/off, detectors, disconnect
// outputs) and the lines themselves. It holds the world, never a decision of the BMS. Its clock is passed in.
#pragma once

#include "sim/control.hpp"

#include "bms/time.hpp"

#include <deque>
#include <map>

namespace bms::sim {

class Board : public World, public Dialect {
  public:
    /// Every line a daemon's role is named after, with healthy inputs: loops closed, remote on, no mains.
    explicit Board(std::function<Instant()> clock);

    /// A further line; what the world puts on it, if anything. nullopt: done. Otherwise what is wrong.
    std::optional<std::string> add(const std::string& name, const std::string& level);

    std::vector<Named> get() const override;
    /// Also "busy.NAME" (a consumer, or "none"), "unplug" and "plug" (a name, or "all").
    std::optional<std::string> set(const std::string& name, const std::string& value) override;
    std::vector<std::string> history() const override;

    std::optional<std::string> hear(Peer, const std::vector<std::string>& words) override;
    void gone(Peer) override;

  private:
    /// What hangs on a line, and so in which words people speak of it.
    enum class Field { loop, remote, presence, output, plain };

    struct Line {
        Field field = Field::plain;
        std::optional<bool> world;  ///< what the world puts on it: high, low, nothing
        std::optional<bool> driven; ///< what its holder drives, for an output
        std::optional<Peer> holder;
        std::string consumer;
        std::string busy; ///< somebody else who holds it, simulated
        bool plugged = true;
    };

    static Field field_of(const std::string& name);
    static std::string words_for(Field);
    static std::string word_of(const Line&);
    static std::optional<bool> level_of(Field, const std::string& word);

    std::string names() const;
    std::optional<std::string> set_level(const std::string& name, Line&, const std::string& word);
    std::optional<std::string> set_plugged(const std::string& which, bool plugged);
    void unplug(const std::string& name, Line&);
    std::string request(Peer, const std::string& name, const std::string& how, const std::string& consumer);
    void let_go(const std::string& name, Line&);
    Line* held(Peer, const std::string& name);
    void note(const std::string& name, const Line&);

    std::function<Instant()> clock_;
    Instant started_;
    std::map<std::string, Line> lines_;
    std::vector<std::string> order_; ///< as created, to show them
    std::deque<std::string> history_;
    std::map<std::string, std::string> noted_; ///< last word in the history, by line
};

/// `vebus-bms-sim board ARGS...`: runs until told to quit; the exit code.
int run_board(const std::vector<std::string>& args);

} // namespace bms::sim
