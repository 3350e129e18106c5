// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The Multi behind another com.victronenergy.vebus service, commanded through its /Mode: a stock GX without
// an RS-485 adapter. Requests and answers instead of bytes; else as bms/vebus/link.hpp.
//
// /Mode is all there is: charging cannot be limited or stopped alone, and is said so (Capability no), so that
// the core takes the unit down where that is needed.
#pragma once

#include "bms/guard/bus.hpp"
#include "bms/vebus/link.hpp"

#include <array>
#include <set>
#include <vector>

namespace bms::guard {

struct VenusLinkSettings {
    bool transmit = false;         ///< false: watch only
    std::string service;           ///< the one to command; empty: the only one there is
    Duration timeout = 10s;        ///< without an answer for so long it is not heard
    int max_tries = 3;             ///< of a mode without effect, before that is told
    Duration settles = 3s;         ///< a driver may show the mode of before our write once more
    Duration refused_repeat = 10s; ///< a mode that is refused is written again this often
};

/// A current that only an inverter at work draws: above the idle draw of the largest 12 V unit (30 W).
inline constexpr double inverting_draws_a = 3.0;

class VenusLink {
  public:
    explicit VenusLink(VenusLinkSettings);

    /// What is read of the service, and followed.
    static constexpr std::array paths{"/Mode",
                                      "/ModeIsAdjustable",
                                      "/Bms/BmsType",
                                      "/State",
                                      "/Connected",
                                      "/Dc/0/Current",
                                      "/Dc/0/Voltage",
                                      "/Ac/ActiveIn/Connected",
                                      "/Ac/ActiveIn/ActiveInput",
                                      "/Ac/NumberOfAcInputs",
                                      "/Devices/NumberOfMultis",
                                      "/Devices/Dmc/Version",
                                      "/VebusError"};

    /// As of vebus::Link. insist: /Mode is written until it shows, and again when it is changed.
    void want(std::optional<vebus::Wanted>, Instant now);
    void repeat_mode_every(Duration);
    /// The owner's word that all is in order again: everything is asked again.
    void resume(Instant now);

    /// Another com.victronenergy.vebus.* has its name on the bus, or has it no more. Our own are not told.
    void appeared(const std::string& service, Instant now);
    void vanished(const std::string& service, Instant now);

    /// What a signal of the service says.
    void told(const std::string& service, const std::string& path, const venus::Value&, Instant now);
    /// The answer to a question; nullopt: none came, or an error.
    void answered(const Request&, const std::optional<venus::Value>&, Instant now);
    /// The answer to a write: 0 is done; nullopt: none came, or an error.
    void written(const Request&, std::optional<int> answer, Instant now);

    /// What to ask and to write now; each is handed out once.
    std::vector<Request> due(Instant now);
    Instant next_deadline() const;

    const vebus::LinkStatus& status() const { return status_; }
    /// The service that is commanded; empty: none, or none that is meant.
    const std::string& target() const { return target_; }
    /// Why there is none, and what to do; empty when there is one.
    const std::string& problem() const { return problem_; }

  private:
    void choose(Instant now);
    void begin(Instant now);
    void ask_all();
    void ask_again(Instant now);
    bool known_enough() const;
    bool shows_wanted() const;
    bool should_write() const;
    void lives();
    void take(const std::string& path, const venus::Value&, Instant now);
    void take_mode(std::optional<vebus::SwitchState>, Instant now);
    void put(const std::string& path, const venus::Value&);
    Request write_mode(Instant now);
    void refresh();
    void refresh_modes();
    void refresh_listen_only();

    VenusLinkSettings settings_;
    Duration repeat_ = 1s;
    std::optional<vebus::Wanted> wanted_;
    std::set<std::string> services_;
    std::string target_, problem_;

    // Of the service that is commanded; forgotten with it.
    std::vector<Request> queue_;
    std::set<std::string> read_;             ///< paths that were answered, in whatever way
    std::optional<vebus::SwitchState> mode_; ///< /Mode as last heard
    std::optional<vebus::SwitchState>
        accepted_; ///< the same, without a driver's late word of before our write
    std::optional<vebus::SwitchState> before_write_;
    std::optional<int> adjustable_, bms_type_, connected_, ac_connected_, ac_input_, dmc_;
    std::optional<double> current_a_;
    bool acknowledged_ = false; ///< the wanted mode has shown
    bool stale_ = false;        ///< /Mode has not been read since the wanted mode was written
    bool writing_ = false;      ///< a write is under way
    int tries_ = 0;             ///< writes of this mode without effect
    Instant acknowledged_at_{};
    Instant written_at_{};
    Instant write_at_ = Instant::min(); ///< not before
    Instant ask_at_ = never;
    std::optional<Instant> unanswered_since_; ///< the first question about /Mode that was not answered
    bool silent_ = false;                     ///< for as long as the timeout

    vebus::LinkStatus status_;
};

} // namespace bms::guard
