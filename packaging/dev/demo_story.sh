# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# The story of the demo: each step does something to the simulated world, and compares what is seen with what must be.

bold='' green='' red='' plain='' live=0
if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; then
    live=1
    [ -n "${NO_COLOR:-}" ] || bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
fi

step_number=0
declare -A must=() seen=()
names=(load_disconnect AllowToDischarge charge_disconnect AllowToCharge pre_alarm PreAlarm Multi)

on_bus() { # on_bus PATH: the value, or "no answer"
    local words
    words=$(dbus-send --print-reply=literal --reply-timeout=2000 --dest="${service:?}" "$1" \
        com.victronenergy.BusItem.GetValue 2>/dev/null) || words='no answer'
    sed 's/^ *variant *//; s/^int32 //' <<<"$words"
}

look() {
    local name path
    for name in load_disconnect charge_disconnect pre_alarm; do
        seen[$name]=$("${sim:?}" get "${board:?}" $name 2>/dev/null || echo 'no answer')
    done
    for path in AllowToDischarge AllowToCharge PreAlarm; do
        seen[$path]=$(on_bus "/Bms/$path")
    done
    seen[Multi]=$("$sim" get "${multi:?}" 2>/dev/null | awk -F= '{value[$1] = $2} END {
        amperes = value["state"] == "charging" ? " " value["charge_current_a"] " A" : ""
        print value["mode"] ", " value["state"] amperes}')
}

first_difference() { # prints it, in words; nothing when all is as it must be
    local name
    if ! is_process "$(tail -n 1 "${folder:?}/children")" "$folder/"; then
        echo "the daemon has ended"
        return
    fi
    for name in "${names[@]}"; do
        if [ "${seen[$name]}" != "${must[$name]}" ]; then
            echo "$name is '${seen[$name]}' and must be '${must[$name]}'"
            return
        fi
    done
}

show() {
    printf '   %-17s %-9s| %-16s %s | Multi %s\n' load_disconnect "${seen[load_disconnect]}" \
        AllowToDischarge "${seen[AllowToDischarge]}" "${seen[Multi]}"
    printf '   %-17s %-9s| %-16s %s |\n' charge_disconnect "${seen[charge_disconnect]}" AllowToCharge "${seen[AllowToCharge]}" \
        pre_alarm "${seen[pre_alarm]}" PreAlarm "${seen[PreAlarm]}"
}

story_is_false() { # story_is_false WORDS
    echo "   ${red}FALSE: $1${plain}"
    echo
    echo "The daemon's last words:"
    tail -n 12 "$folder/daemon.log"
    echo
    echo "${red}The story is false at step $step_number ($step_title): $1${plain}"
    exit 1
}

step() {
    step_number=$((step_number + 1)) step_title=$1
    echo
    echo "${bold}$step_number. $1${plain}"
    [ $live = 0 ] || sleep 1 # time to read
}

act() { # act COMMAND...
    echo "   \$$(printf ' %q' "$@")"
    "$@" || story_is_false "this command failed"
}

must_be() { # must_be SECONDS NAME=VALUE...: within so many seconds; what is not named is as before
    local end=$((SECONDS + $1)) pair difference
    shift
    for pair; do must[${pair%%=*}]=${pair#*=}; done
    while look && difference=$(first_difference) && [ -n "$difference" ] && [ $SECONDS -lt $end ]; do sleep 0.2; done
    show
    [ -z "$difference" ] || story_is_false "$difference"
    echo "   ${green}true${plain}"
}

at_ms() { # at_ms LINE WORD: when the board last saw it become so
    "$sim" get "$board" history | awk -v line="$1" -v word="$2" '$2 == line && $3 == word {at = $1} END {print at + 0}'
}

# took LINE WORD AFTER-LINE AFTER-WORD LEAST MOST: by the board's clock, in ms. On a busy machine the board sees a change
# some ms late, and so an interval some ms short.
took() {
    local ms words
    ms=$(($(at_ms "$1" "$2") - $(at_ms "$3" "$4")))
    words="$1 $2 after $ms ms of $3 $4; it must be $5 to $6 ms"
    if [ $ms -lt "$5" ] || [ $ms -gt "$6" ]; then story_is_false "$words"; fi
    echo "   $words: ${green}true${plain}"
}

count_down() { # count_down END: shows the time left until END (in SECONDS), until load_disconnect floats or 2 s later
    local left told=-1
    while left=$(($1 - SECONDS)) && [ $left -ge -2 ]; do
        if [ $live = 1 ]; then
            printf '\r\e[K   the loads go off in %s s' $left
        elif [ $((left % 5)) = 0 ] && [ $left -gt 0 ] && [ $left != $told ]; then
            echo "   the loads go off in $left s"
            told=$left
        fi
        if "$sim" expect "$board" load_disconnect floating within 500ms 2>/dev/null; then break; fi
    done
    [ $live = 0 ] || printf '\r\e[K'
}

tell_story() {
    local started=$SECONDS loads_off
    step 'At anchor: the battery is well, the Multi makes 230 V from it'
    must_be 10 load_disconnect=high AllowToDischarge=1 charge_disconnect=high AllowToCharge=1 pre_alarm=floating PreAlarm=0 \
        Multi='on, inverting'

    step 'A cell is nearly low: the battery opens its pre-alarm loop, and the buzzer warns'
    act "$sim" set "$board" btv_pre_alarm=open
    must_be 5 pre_alarm=high PreAlarm=1
    loads_off=$((SECONDS + 30))

    step 'A cell is low: the loads stay on until the warning has lasted 30 s'
    act "$sim" set "$board" btv_allow_to_discharge=open
    must_be 1
    count_down $loads_off

    step 'The loads are disconnected, and the Multi stops'
    must_be 5 load_disconnect=floating AllowToDischarge=0 pre_alarm=floating PreAlarm=0 Multi='charger-only, off'
    took load_disconnect floating pre_alarm high 29500 32000 # M15

    step 'Back in the harbour: shore power wakes the Multi to charge; the loads stay off'
    act "$sim" set "$board" mains_1=present
    act "$sim" set "$multi" mains=on
    must_be 5 Multi='charger-only, charging 35 A' # M62

    step 'The cell has recovered: the loads come back once that has lasted 5 s'
    act "$sim" set "$board" btv_allow_to_discharge=closed btv_pre_alarm=closed
    must_be 10 load_disconnect=high AllowToDischarge=1 Multi='on, charging 35 A'
    took load_disconnect high btv_allow_to_discharge closed 5000 7000

    step 'A cell is high: chargers are disconnected at once, the Multi may still charge with 5 A'
    act "$sim" set "$board" btv_allow_to_charge=open
    must_be 5 charge_disconnect=floating AllowToCharge=0 Multi='on, charging 5 A' # M11
    took charge_disconnect floating btv_allow_to_charge open 0 1000

    step 'The cell has come down: chargers come back once that has lasted 5 s'
    act "$sim" set "$board" btv_allow_to_charge=closed
    must_be 10 charge_disconnect=high AllowToCharge=1 Multi='on, charging 35 A'

    step 'The remote switch is turned off: no loads, no charging; shore power is passed through'
    act "$sim" set "$board" remote_h=off remote_l=off
    must_be 5 load_disconnect=floating AllowToDischarge=0 charge_disconnect=floating AllowToCharge=0 \
        Multi='charger-only, passthru' # M33

    step 'The remote switch is turned on: all is well again'
    act "$sim" set "$board" remote_h=on remote_l=on
    must_be 5 load_disconnect=high AllowToDischarge=1 charge_disconnect=high AllowToCharge=1 \
        Multi='on, charging 35 A'

    echo
    echo "${green}The story is true: $step_number steps in $((SECONDS - started)) s.${plain}"
}
