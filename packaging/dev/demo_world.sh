# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# The demo's processes and its folder. A demo that is left running is at /tmp/vebus-bms-demo-UID, one for each user; a
# story told alone has a folder of its own, so that it can be told next to it. In the folder: owner (the script that
# made it), children (a pid a line, in the order of their start), left_running (once the script has ended well).

# shellcheck disable=SC2034 # for those who source this
service=com.victronenergy.vebus.vebusbms
sim=${repo:?}/build/dev/src/sim/vebus-bms-sim
ctl=$repo/build/dev/src/tool/vebus-bmsctl
daemon=$repo/build/dev/src/app/vebus-bmsd

is_process() { # is_process PID TEXT: it runs, and TEXT stands in its command line; a pid may have passed to another
    tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF -- "$2"
}

is_in_use() { # is_in_use FOLDER
    local pid
    if [ ! -e "$1/left_running" ]; then
        is_process "$(cat "$1/owner")" demo.sh
        return
    fi
    while read -r pid; do
        if is_process "$pid" "$1/"; then return 0; fi
    done <"$1/children"
    return 1
}

end_process() { # end_process PID TEXT: by request, and by force after 4 s
    local tries
    for tries in {1..80}; do
        is_process "$1" "$2" || return 0
        [ "$tries" != 1 ] || kill -TERM "$1" 2>/dev/null || true
        sleep 0.05
    done
    kill -KILL "$1" 2>/dev/null || true
}

clean_up() { # clean_up FOLDER: the daemon first, as it says goodbye to the others
    local pid
    while read -r pid; do
        end_process "$pid" "$1/"
    done < <(tac "$1/children" 2>/dev/null)
    rm -rf "$1"
}

# Runs that were killed before they could clean up.
sweep() {
    local left
    for left in "/tmp/vebus-bms-demo-$EUID" "/tmp/vebus-bms-story-$EUID-"*; do
        if [ -d "$left" ] && [ -O "$left" ] && [ ! -L "$left" ] && ! is_in_use "$left"; then
            clean_up "$left"
            echo "demo: cleaned up what an earlier run left behind ($left)"
        fi
    done
}

set_folder() {
    folder=$1 board=$1/board.sock multi=$1/multiplus.sock bus_address=unix:path=$1/bus
}

claim_folder() { # claim_folder STORY_ONLY
    local new
    sweep
    if [ "$1" = 1 ]; then set_folder "/tmp/vebus-bms-story-$EUID-$$"; else set_folder "/tmp/vebus-bms-demo-$EUID"; fi
    new=$(mktemp -d /tmp/vebus-bms-new-XXXXXX)
    echo $$ >"$new/owner"
    mkdir "$new/state"
    if ! mv -T "$new" "$folder" 2>/dev/null; then # in one step: of two at the same time one gets it
        rm -r "$new"
        if [ ! -O "$folder" ]; then give_up "$folder is somebody else's; nothing was started"; fi
        give_up "your demo is running already, in $folder; nothing was started." \
            "To end it: $repo/dev demo --stop"
    fi
}

start() { # start NAME COMMAND...: outlives this script and its terminal; its words go to NAME.log
    local name=$1
    shift
    setsid "$@" </dev/null >"$folder/$name.log" 2>&1 &
    echo $! >>"$folder/children"
}

wait_for() { # wait_for NAME FILE: until the one started as NAME has made FILE
    local tries
    for tries in {1..200}; do
        [ ! -e "$2" ] || return 0
        is_process "$(tail -n 1 "$folder/children")" "$folder/" || [ "$tries" -lt 20 ] || break
        sleep 0.05
    done
    cat "$folder/$1.log" >&2
    give_up "$1 did not start; its words are above"
}

start_world() { # start_world CONFIG
    local program place
    for program in dbus-daemon dbus-send "$sim" "$ctl" "$daemon"; do
        command -v "$program" >/dev/null || give_up "$program is missing; ./dev demo builds and installs what it needs"
    done
    [ -r "$1" ] || give_up "$1 cannot be read"
    sed "s#/tmp/vebus-bms-demo/#$folder/#g" "$1" >"$folder/vebus-bmsd.json"
    for place in "$board" "$folder/multiplus.tty"; do
        grep -qF "\"$place\"" "$folder/vebus-bmsd.json" ||
            give_up "$1 does not name the simulators as config/sim.json does; begin with a copy of that"
    done
    start dbus dbus-daemon --session --nofork --nopidfile --address="$bus_address"
    wait_for dbus "$folder/bus"
    start board "$sim" board --socket "$board"
    wait_for board "$board"
    start multiplus "$sim" multiplus --port "$folder/multiplus.tty" --control "$multi"
    wait_for multiplus "$folder/multiplus.tty"
    "$sim" set "$multi" mains=off
    export DBUS_SESSION_BUS_ADDRESS=$bus_address
    start daemon "$daemon" --config "$folder/vebus-bmsd.json"
}

stop_demo() {
    local other
    set_folder "/tmp/vebus-bms-demo-$EUID"
    if [ -d "$folder" ] && [ -O "$folder" ]; then
        clean_up "$folder"
        echo "demo: stopped, and $folder removed"
        return
    fi
    echo "demo: none of yours is running"
    for other in /tmp/vebus-bms-demo-*; do
        [ ! -d "$other" ] || echo "demo: $other is of $(stat -c %U "$other")"
    done
}
