#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# examples.sh [STORY]: the manual's five systems (config/examples), each with the real daemon and its own configuration, wired to
# the simulated board, and with the inverter/charger of its world on a pty, raw or MK3, as the example has it. They live at once.
#   BMS_BUILD  programs under test (build/dev)
set -euo pipefail

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(realpath "${BMS_BUILD:-$repo/build/dev}")
story=${1:-a cable break}
grep -qxF "story $story" "$repo"/config/examples/*.world || {
    echo "examples: there is no story \"$story\"; there are:" && sed -n 's/^story /  /p' "$repo"/config/examples/*.world | sort -u
    exit 2
} >&2

# wire_to_simulators CONFIG FOLDER: the lines by the simulated board's names, the port by the simulated inverter/charger's.
wire_to_simulators() {
    sed -E -e 's#"(allow_to_charge|allow_to_discharge)": \{[^}]*\}#"\1": {"line": "btv_\1", "closed_level": "high"}#' \
        -e 's#"pre_alarm": \{[^}]*closed_level[^}]*\}#"pre_alarm": {"line": "btv_pre_alarm", "closed_level": "high"}#' \
        -e 's#"([a-z_]+)": \{"line": "[^"]*", "active_level": "high"\}#"\1": {"line": "\1", "active_level": "high"}#' \
        -e 's#"aux_in": \{[^}]*\}#"aux_in": {"line": "aux_in", "present_level": "high"}#' \
        -e 's#"on": \{[^}]*\}#"on": {"line": "remote_on", "on_level": "high"}#' \
        -e "s#\"backend\": \"gpiod\"#\"backend\": \"sim\", \"sim_socket\": \"$2/board\"#" -e "s#\"port\": \"[^\"]*\"#\"port\": \"$2/tty\"#" \
        -e "0,/^\{/s##{ \"state_directory\": \"$2/state\",#" "$1"
}

# hours_of FILE: how long its story is, in tenths of an hour.
hours_of() {
    awk -v story="$story" '
        /^story /{mine = $0 == "story " story}
        mine && / end$/{split($4, clock, ":"); print int(10 * (24 * ($3 - 1) + clock[1] + clock[2] / 60))}' "$1"
}

live() { # live FOLDER: the world, the daemon that reads it, and what came true
    local folder=$1 world file=$repo/config/examples/${1##*/}.world wire=--port started=$SECONDS verdict=0 daemon tenths took
    mkdir -p "$folder/state"
    wire_to_simulators "${file%.world}.json" "$folder" >"$folder/config.json"
    if grep -q '"link": "mk3"' "$folder/config.json"; then wire=--mk3; fi
    "$build/src/sim/vebus-bms-sim" world "$file" --story "$story" --fast --socket "$folder/board" $wire "$folder/tty" >"$folder/world.log" 2>&1 &
    world=$!
    until [ -S "$folder/board" ] || ! kill -0 "$world" 2>/dev/null; do sleep 0.05; done
    "$build/src/app/vebus-bmsd" --config "$folder/config.json" >"$folder/daemon.log" 2>&1 &
    daemon=$!
    wait "$world" || verdict=1
    kill "$daemon" 2>/dev/null || true
    tenths=$(hours_of "$file") took=$((SECONDS - started))
    if [ $verdict = 0 ]; then
        echo "${folder##*/}: $((tenths / 10)).$((tenths % 10)) h in $took s, $((tenths * 360 / (took > 0 ? took : 1))) times as fast as life; all came true"
    else
        cat "$folder/world.log"
        echo "${folder##*/}: FAILED"
    fi
    return $verdict
}

folder=$(mktemp -d "${TMPDIR:-/tmp}/bms-examples-XXXXXX")
dbus-daemon --session --address="unix:path=$folder/bus" --nofork --nopidfile 2>/dev/null &
bus=$!
trap 'kill $bus; rm -rf "$folder"' EXIT
export DBUS_SESSION_BUS_ADDRESS=unix:path=$folder/bus
passed=0 failed=0 lives=()
echo "story \"$story\""
for file in "$repo"/config/examples/*.world; do
    live "$folder/$(basename "$file" .world)" &
    lives+=($!)
done
for life in "${lives[@]}"; do
    if wait "$life"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "examples: $passed passed, $failed failed, 0 skipped ($SECONDS s)"
[ $failed = 0 ]
