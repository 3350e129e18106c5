// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "app/link_words.hpp"

#include "bms/core/words.hpp"
#include "bms/vebus/errors.hpp"

namespace bms::app {
namespace {

/// What is left where the Multi does not listen to us (decisions 6).
std::string what_protects(const Surroundings& around) {
    return around.installed.two_signal
               ? "LoadDisconnect, ChargeDisconnect, the two-signal inputs and DVCC still protect"
               : "LoadDisconnect, ChargeDisconnect and DVCC still protect, but nothing stops the "
                 "inverter/charger "
                 "itself: its two-signal inputs are not wired";
}

std::string not_controlled(const std::string& why, const Surroundings& around) {
    return "not controlling the inverter: " + why + "; " + what_protects(around);
}

/// How the order to charge less or not at all has arrived: never more certain than what is known.
std::string charge_order_words(const core::StepResult& r, const vebus::LinkStatus& link) {
    const bool reduce = r.state.multi_charge == core::MultiCharge::reduce;
    const vebus::Capability& able = reduce ? link.charge_limit : link.charge_stop;
    const std::string order =
        std::string("talking to the Multi, its charger told to ") + (reduce ? "charge with less" : "stop");
    if (able.known == vebus::Capability::Known::no) {
        return order + ", which it does not take: " + able.why;
    }
    if (!link.charge_order_in_force) {
        return order + ", not acknowledged yet";
    }
    if (r.state.charge_not_obeyed) {
        return order + ", but current still flows: check the inverter/charger";
    }
    return order +
           (link.dc_current_a ? ", measured" : ", acknowledged but unverified: no current is measured");
}

/// M54-M57, M136.
void advise_on_firmware(const Surroundings& around, std::vector<std::string>& advice) {
    if (!around.link->found.firmware) {
        return;
    }
    const vebus::Firmware firmware = *around.link->found.firmware;
    switch (vebus::band_of(firmware)) {
    case vebus::FirmwareBand::refused:
        advice.push_back(
            "the inverter/charger has " + firmware.text() +
            ", and 415 is the oldest that works with a VE.Bus BMS: update it to 489 or later; one "
            "that cannot be updated is used with /vebus/link \"none\", by outputs only");
        break;
    case vebus::FirmwareBand::needs_assistant:
        if (!around.installed.assistant) {
            advice.push_back(
                "the inverter/charger has " + firmware.text() +
                ", which works with a VE.Bus BMS only where the VE.Bus BMS or the ESS assistant is "
                "loaded: update it to 489 or later, or load one and set "
                "/vebus/assistant_installed true");
        }
        break;
    case vebus::FirmwareBand::good:
        break;
    }
}

/// M129-M131.
void advise_on_missing_bms(const Surroundings& around, std::vector<std::string>& advice) {
    const vebus::LinkStatus& link = *around.link;
    if (link.emergency_mode) {
        advice.emplace_back(
            "the inverter/charger looks as if it misses its BMS (only \"mains on\" is lit): it "
            "charges with at most 5 A up to 12, 24 or 48 V, does not invert, and goes off when "
            "AC goes");
    }
    if (link.found.configured_for_bms == true && !around.installed.profile) {
        advice.emplace_back(
            "the inverter/charger is set up for a VE.Bus BMS, whose frames are not public and not sent: it "
            "will "
            "stay in its emergency mode; take the VE.Bus BMS assistant and setting out with VEConfigure, or "
            "give captured frames as /vebus/frame_profile");
    }
}

void advise_on_panels(const Surroundings& around, std::vector<std::string>& advice) {
    const vebus::LinkStatus& link = *around.link;
    if (around.panel_contests) {
        const std::string who =
            link.panel_is_dmc ? "the Digital Multi Control" : "another panel, dongle or GX on the VE.Bus";
        advice.push_back(who +
                         " keeps switching the inverter/charger back on while this BMS forbids it: switch "
                         "it to charger only or off, or unplug it");
    }
    if (dmc_is_there(link)) {
        advice.emplace_back("/Mode is locked by the Digital Multi Control: only it switches the "
                            "inverter/charger; unplugged it gives the switch back"); // M106
    }
}

} // namespace

bool dmc_is_there(const vebus::LinkStatus& link) {
    return link.digital_multi_control || (!link.master_led && link.found.dmc_version.has_value());
}

int vebus_error_of(const vebus::LinkStatus& link) {
    const auto& firmware = link.found.firmware;
    const bool refused = firmware && vebus::band_of(*firmware) == vebus::FirmwareBand::refused;
    return refused ? vebus::error_wrong_combination : link.vebus_error.value_or(0);
}

std::string link_reason(const core::StepResult& r, const Surroundings& around) {
    if (around.link == nullptr) {
        return "no VE.Bus link configured: outputs and D-Bus only";
    }
    const vebus::LinkStatus& link = *around.link;
    if (!around.port_problem.empty()) {
        return not_controlled(around.port_problem, around);
    }
    if (!link.listen_only_reason.empty()) {
        return not_controlled(link.listen_only_reason, around);
    }
    if (!link.heard) {
        return around.multi_asleep ? "the Multi sleeps: AC, its own switch or the vebus_standby line wakes it"
                                   : not_controlled("nothing heard on VE.Bus", around);
    }
    if (!r.state.wish.mode) {
        return "not controlling the inverter yet: it has not reported its switch";
    }
    if (r.outputs.multi_not_obeying != core::NotObeying::none) {
        return "not controlling the inverter: " +
               std::string(core::what_protects(r.outputs.multi_not_obeying));
    }
    if (link.mode_refused) {
        return not_controlled("its switch does not follow what it is told", around);
    }
    return r.state.multi_charge == core::MultiCharge::allow ? "talking to the Multi"
                                                            : charge_order_words(r, link);
}

std::vector<std::string> link_advice(const core::StepResult& r, const Surroundings& around) {
    std::vector<std::string> advice;
    if (around.link == nullptr || !around.link->heard) {
        return advice;
    }
    advise_on_firmware(around, advice);
    if (around.link->found.bms_version) {
        advice.emplace_back(
            "another VE.Bus BMS answers on the bus: two must not control one inverter/charger; "
            "unplug one of them, then write 1 to /RedetectSystem");
    }
    if (r.outputs.multi_not_obeying != core::NotObeying::none) {
        advice.emplace_back(core::what_protects(r.outputs.multi_not_obeying));
    }
    advise_on_missing_bms(around, advice);
    advise_on_panels(around, advice);
    return advice;
}

std::string mode_refusal(const core::StepResult& r, const Surroundings& around) {
    if (around.link == nullptr || !around.port_problem.empty() || !around.link->heard ||
        !around.link->listen_only_reason.empty() || !r.state.wish.mode) {
        return link_reason(r, around);
    }
    return dmc_is_there(*around.link) ? "locked by the Digital Multi Control" : ""; // M106
}

} // namespace bms::app
