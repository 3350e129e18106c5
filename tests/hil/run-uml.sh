#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# run-uml.sh SCENARIO: boots the guest and runs scenarios/SCENARIO.sh in it, in virtual time. Exit 0: passed.
#   BMS_BUILD        programs under test (build/dev)
#   BMS_CACHE        where the guest kernel is, or is built
#   BMS_STORM        what the scenario storm plays, words with commas between them (seeds,1,3,120)
#   BMS_STORY        what the scenario examples lives through, with _ between the words (a_dark_week)
#   BMS_PROTECTION   keys under "protection" of its daemon, to see that a wrong one is found (pre_alarm_lead_s=31)
#   BMS_HIL_ROOT     another root for the guest than that of this machine (trixie.sh)
#   BMS_HIL_TIMEOUT  seconds of real time the guest may take (120, storm and death 300)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
scenario=${1:?usage: run-uml.sh SCENARIO (one of: $(cd "$here/scenarios" && echo *.sh))}
build=$(realpath "${BMS_BUILD:-$here/../../build/dev}")
cache=$(realpath -m "${BMS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vebus-bms}")
[ -f "$here/scenarios/$scenario.sh" ] || {
    echo "hil: there is no tests/hil/scenarios/$scenario.sh" >&2
    exit 2
}
case "$here$build$cache" in *[[:space:]]*)
    echo "hil: a path with a blank cannot be given to the guest kernel: $here, $build or $cache" >&2
    exit 2
    ;;
esac
"$here/build-uml.sh" "$cache"

log=$build/hil/$scenario.log
mkdir -p "$build/hil"
patience=120
case $scenario in storm | death | examples) patience=300 ;; esac # many stories
limit=${BMS_HIL_TIMEOUT:-$patience}
started=$SECONDS
# inf-cpu: computing takes no guest time, waiting takes no real time.
timeout --kill-after=5 "$limit" "$cache/linux" time-travel=inf-cpu mem=256M quiet \
    root=/dev/root rootfstype=hostfs rootflags="${BMS_HIL_ROOT:-/}" ro init="$here/guest-init.sh" \
    HIL_SCENARIO="$scenario" HIL_BUILD="$build" HIL_STORM="${BMS_STORM:-}" HIL_STORY="${BMS_STORY:-}" HIL_PROTECTION="${BMS_PROTECTION:-}" con=null con0=fd:0,fd:1 ssl=null \
    </dev/null 2>&1 | sed -u 's/\r$//' >"$log" || true
took=$((SECONDS - started))

if grep -q '^HIL-PASS' "$log"; then
    grep -E '^(\[|\||seed |script: )' "$log" || true
    guest=$(sed -nE 's/^\[ *([0-9.]+) s\].*/\1/p' "$log" | tail -n 1)
    echo "hil $scenario: passed ($took s; the guest lived ${guest:-0} s: $(awk -v guest="${guest:-0}" -v took="$took" \
        'BEGIN {printf "%.2f", guest / 60 / (took > 0 ? took : 1)}') of its hours in a minute)"
else
    cat "$log"
    verdict=$(grep -m1 '^HIL-FAIL' "$log" || echo "HIL-FAIL: no verdict within $limit s of real time")
    echo "hil $scenario: failed ($took s): ${verdict#HIL-FAIL: }; all of it is in $log"
    exit 1
fi
