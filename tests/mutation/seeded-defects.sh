#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Shows that the gate has teeth: five defects are made in a copy, one after the other, and each must be found. First the
# copy must pass as it is. Run by ./dev defects.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/mutation/gate.sh

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
started=$SECONDS passed=0 failed=0

# defect WHAT FILE SED-SCRIPT
defect() {
    local file=$copy/sources/$2 by
    cp "$file" "$copy/original"
    sed -i "$3" "$file"
    if cmp -s "$file" "$copy/original"; then
        echo "$1: the line to change is no longer in $2" && failed=$((failed + 1)) && return
    fi
    if by=$(judge "$copy"); then
        echo "$1: NOT FOUND" && failed=$((failed + 1))
    else
        echo "$1: found by $by" && passed=$((passed + 1))
    fi
    cp "$copy/original" "$file"
}

make_copy "$copy"
if ! by=$(judge "$copy"); then
    echo "the sources as they are do not pass: $by" && tail -n 40 "$copy/judge.log" && exit 1
fi
defect "a row mutated (PreAlarm never ends in LoadDisconnect)" include/bms/core/machine.hpp \
    's/{pre_alarm, is(powered) & is(cell_low) & is(lead_over), load_disconnect,/{pre_alarm, is(powered) \& is(cell_low) \& is(lead_over), pre_alarm,/'
defect "a row deleted (charge disconnect while switched off)" include/bms/core/machine.hpp \
    '/{charge_disconnect, no(powered), charge_disconnect, "switched off or inputs lost"},/d'
defect "a property weakened (the lead of M15)" tests/exhaustive/line_properties.cpp \
    's/return v.pre_alarm && v.e.now - v.after().pre_alarm_since < v.settings.pre_alarm_lead;/return v.pre_alarm;/'
defect "a constant changed (29 s instead of 30 s)" include/bms/core/inputs.hpp \
    's/Duration pre_alarm_lead = 30s;/Duration pre_alarm_lead = 29s;/'
defect "a comparison turned (how long a loop has been closed)" src/core/step.cpp \
    's/return since && now - \*since >= length;/return since \&\& now - *since < length;/'

echo "defects: $passed passed, $failed failed, 0 skipped ($((SECONDS - started)) s)"
[ "$failed" = 0 ]
