// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/errors.hpp"

#include <algorithm>
#include <array>

namespace bms::vebus {

namespace {

constexpr std::array<VebusError, 22> table{{
    {1, "another phase is off", "A unit of another phase has switched off, and this one followed it.",
     "Look for the unit that switched off first: its own LEDs show the reason, often overload or "
     "temperature."},
    {2, "old and new MK2 mixed", "Interfaces of the old and the new MK2 kind hang on the same VE.Bus.",
     "Take the old interface off the bus."},
    {3, "wrong number of units", "Fewer or more units were found than the system is configured for.",
     "Check the cables between the units and that each is switched on, then restart all of them. "
     "After a unit was "
     "exchanged configure the system again with Victron's tools."},
    {4, "no other unit found", "This unit is configured for a system and hears nobody else.",
     "Check the cables between the units and that the others are switched on."},
    {5, "overvoltage on AC-out", "Voltage from somewhere else is on the AC output.",
     "Have the AC wiring checked: no other source may feed the output, and input and output must not "
     "be swapped."},
    {6, "error in an assistant", "The program that the assistants make in the unit is faulty.",
     "Read the configuration, remove and install the assistants again with Victron's tools."},
    {error_assistant_missing, "BMS without assistant",
     "A VE.Bus BMS is on the bus and the firmware (415 to 488) needs an assistant that is not "
     "installed.",
     "Install the \"VE.Bus BMS\" or the \"ESS\" assistant, or update the firmware to xxxx489 or "
     "above."}, // M55
    {8, "ground relay test failed", "The relay that ties neutral to ground failed its test at start.",
     "Have it checked whether neutral and ground touch somewhere in the installation, and test with "
     "AC-out "
     "disconnected. If it stays, the unit needs service."},
    {10, "time of the system is lost", "The units of the system cannot keep a common time.",
     "Check the cables between the units: length, plugs, quality. Then restart all units."},
    {11, "relay test failed", "A relay failed its test, because of the wiring or the relay itself.",
     "Have the AC wiring checked (phase and neutral, no source on the output). If it stays, the unit "
     "needs service."},
    {12, "settings of the second processor differ",
     "Both processors of the unit do not have the same settings.",
     "Write the settings again with Victron's tools. If it stays, the unit needs service."},
    {14, "cannot transmit", "The unit does not read back what it sends: something holds the VE.Bus.",
     "Unplug cables one by one, also our adapter: a short circuit, a terminator, or an adapter "
     "without power "
     "blocks the bus."},
    {error_wrong_combination, "products or firmware cannot be combined",
     "The firmware of a unit is below xxxx415, too old to work with this BMS.", // M56, M136
     "Update the firmware of every unit to xxxx489 or above (415 to 488 needs an assistant too). "
     "Where that cannot "
     "be done, this BMS cannot control the unit: use its outputs only."}, // M57
    {16, "not configured, or dongle missing",
     "The system waits to be configured, or needs a dongle that is missing.",
     "Configure all units with Victron's tools; plug the dongle in where the system has one."},
    {17, "phase master missing", "A unit took over as master because the original one is gone.",
     "Check the original master: its switch, its LEDs and its cables."},
    {18, "AC on the output of a unit that is off",
     "A slave that had switched off saw too much voltage on its output.",
     "Have the AC wiring checked: nothing else may feed the output, input and output must not be "
     "swapped."},
    {19, "slave without AC input", "The AC input of a unit that works as a slave is not connected.",
     "Have the AC input of each unit wired and its breaker checked."},
    {20, "settings do not match", "The units of the system are configured differently.",
     "Configure the system again with Victron's tools."},
    {22, "cannot be a slave", "This model or its firmware cannot work as a slave.",
     "Update its firmware; if that does not help, this model does not fit into the system."},
    {24, "protection while switching over",
     "The protection acted while switching between mains and inverter.",
     "Switch all units off and on again. If it comes back, have the AC wiring checked and the lowest "
     "mains voltage "
     "raised in the settings."},
    {25, "firmware does not match", "The firmware of the units is too different to work together.",
     "Switch all off, then on one by one until the error appears; update the last one. Best: the "
     "same version in all."},
    {26, "internal error", "The unit found a fault inside itself.",
     "Switch all units off and on again. If it comes back, the unit needs service."},
}};

} // namespace

std::span<const VebusError> vebus_errors() { return table; }

const VebusError* find_vebus_error(int number) {
    const auto* found = std::find_if(table.begin(), table.end(),
                                     [number](const VebusError& it) { return it.number == number; });
    return found == table.end() ? nullptr : found;
}

std::string text_of_vebus_error(int number) {
    if (number == 0) {
        return "no VE.Bus error";
    }
    std::string words = "VE.Bus error " + std::to_string(number) + ": ";
    const VebusError* error = find_vebus_error(number);
    if (error == nullptr) {
        return words + "no meaning of it is published; look it up at Victron with this number";
    }
    words.append(error->name).append(". Cause: ").append(error->cause);
    return words.append(" What to do: ").append(error->cure);
}

} // namespace bms::vebus
