// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/mk2/mk3_link.hpp"

#include <utility>

namespace bms::mk2 {

namespace {

/// velib wants at least this release of the interface [V].
constexpr std::uint32_t oldest_release = 131;

/// So long after a switch command the switch register shows what came of it, or shows that nothing did.
constexpr Duration effect_time = 200ms;

/// The relay at the AC input, as the state of the unit tells it [V]; not while it is off or starts.
std::optional<bool> on_mains(std::uint8_t device_state) {
    switch (device_state) {
    case 4: // inverting: full, half, search
    case 5:
    case 6:
        return false;
    case 7: // assist, bypass, charge
    case 8:
    case 9:
        return true;
    default:
        return std::nullopt;
    }
}

std::vector<std::uint8_t> addresses_in(std::uint32_t map) {
    std::vector<std::uint8_t> addresses;
    for (std::uint8_t address = 0; address < 32; ++address) {
        if ((map >> address & 1U) != 0) {
            addresses.push_back(address);
        }
    }
    return addresses;
}

vebus::FramerCounters as_vebus(const FramerCounters& counters) {
    vebus::FramerCounters same;
    const auto set = [&](vebus::Reject reason, Reject ours) {
        same.rejected[static_cast<std::size_t>(reason)] = counters.rejected_as(ours);
    };
    same.frames = counters.frames;
    same.garbage_bytes = counters.garbage_bytes;
    set(vebus::Reject::too_short, Reject::cut_short);
    set(vebus::Reject::too_long, Reject::bad_length);
    set(vebus::Reject::bad_type, Reject::bad_head);
    set(vebus::Reject::bad_checksum, Reject::bad_checksum);
    return same;
}

} // namespace

void Mk3Link::receive(ByteView bytes, Instant now) {
    give_up_frame(now);
    for (const Framer::Item& item : framer.push(bytes)) {
        take(item.frame.message, now);
    }
    last_byte = bytes.empty() ? last_byte : now;
    count();
}

void Mk3Link::count() { dialogue.status().framer = as_vebus(framer.counters()); }

void Mk3Link::take(const Message& message, Instant now) {
    heard_at = now;
    if (const auto* version = std::get_if<InterfaceVersion>(&message)) {
        take_version(*version, now);
    } else if (const auto* told = std::get_if<Target>(&message)) {
        take_target(*told, now);
    } else if (std::holds_alternative<StateTaken>(message)) {
        if (open && open->is_switch) {
            open.reset();
        } else {
            answered(Ask::flags, now);
        }
    } else if (const auto* leds = std::get_if<LedReport>(&message)) {
        take_leds(*leds, now);
    } else if (const auto* winmon = std::get_if<Winmon>(&message)) {
        take_winmon(winmon->message, now);
    } else if (const auto* passed = std::get_if<PassThrough>(&message)) {
        take_passed(passed->message, now);
    }
}

/// An interface that was restarted cuts a request short, and the unit then does not know the command. Before
/// that is taken for a refusal, the interface is asked whether it still has the target we have set.
void Mk3Link::take_winmon(const vebus::Message& message, Instant now) {
    const auto* verdict = std::get_if<vebus::WinmonVerdict>(&message);
    const bool unknown = verdict && verdict->verdict == vebus::Verdict::unknown_command;
    if (unknown && open && open->is_winmon && !std::exchange(refusal_believed, false)) {
        in_doubt = true;
        return; // the dialogue asks again
    }
    const auto before = status().statistics.acknowledged;
    dialogue.take(message, target.value_or(0), now);
    if (open && !open->ask && status().statistics.acknowledged != before) {
        open.reset();
    }
}

void Mk3Link::answered(Ask ask, Instant now) {
    if (!open || open->ask != ask) {
        return;
    }
    open.reset();
    asked(ask) = {.due = now + interval(ask), .unanswered = 0, .answered = true};
}

/// An interface that tells another target than the one we have set was restarted [V].
void Mk3Link::take_version(const InterfaceVersion& version, Instant now) {
    refusal_believed = std::exchange(in_doubt, false);
    if (awake() && target && version.target != *target && version.target != wanted_target) {
        set_up_again();
    }
    answered(Ask::version, now);
    asked(Ask::version).answered = true; // said by itself
    dialogue.status().found.interface_version = version.version;
    if (version.version % 1000 < oldest_release) {
        dialogue.listen_only(
            vebus::ListenOnly::firmware_too_old,
            "the MK2 interface has version " + std::to_string(version.version) +
                ": a release below 131 cannot do what is needed. Update it with VEConfigure, or "
                "use an MK3");
    }
}

void Mk3Link::take_target(const Target& told, Instant now) {
    target = told.device;
    answered(Ask::target, now);
}

void Mk3Link::take_leds(const LedReport& report, Instant now) {
    answered(Ask::leds, now);
    if (report.condition && report.leds != leds_not_known) {
        dialogue.status().vebus_error = report.condition->error;
    }
}

void Mk3Link::take_passed(const vebus::Message& message, Instant now) {
    if (const auto* panel = std::get_if<vebus::PanelPosition>(&message)) {
        if (const auto commanded = state_of(*panel)) {
            dialogue.take_panel(*commanded, status().digital_multi_control, now);
        }
        return;
    }
    if (std::holds_alternative<vebus::SwitchCommand>(message)) {
        return; // another remote's or our own: an interface is not known to pass them back
    }
    const bool dialogues = open && !open->ask;
    const auto before = status().statistics.acknowledged;
    dialogue.take(message, 0, now);
    if (dialogues && std::holds_alternative<vebus::DeviceInfo>(message) &&
        status().statistics.acknowledged != before) {
        open.reset();
    }
    if (std::holds_alternative<vebus::MasterLed>(message)) {
        last_switch.reported = last_switch.reported || now - last_switch.at >= effect_time;
        answered(Ask::master_led, now);
    } else if (const auto* ac = std::get_if<vebus::AcInfo>(&message)) {
        dialogue.status().mains_present = on_mains(ac->device_state);
        answered(Ask::ac, now);
    } else if (const auto* dc = std::get_if<vebus::DcInfo>(&message)) {
        dialogue.status().dc_voltage_v = dc->voltage_10mv * 0.01;
        answered(Ask::dc, now);
    } else if (const auto* unit = std::get_if<vebus::UnitInfo>(&message)) {
        take_units(*unit, now);
    }
}

void Mk3Link::take_units(const vebus::UnitInfo& unit, Instant now) {
    const auto told = addresses_in(unit.units);
    if (!told.empty() && told != units) {
        units = told;
        dialogue.units_are(units);
    }
    answered(Ask::units, now);
}

} // namespace bms::mk2
