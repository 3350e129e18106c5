#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# What the daemon does, told on simulated hardware and checked: see usage. Called by ./dev demo after a build.
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$repo/packaging/dev/demo_world.sh"
. "$repo/packaging/dev/demo_story.sh"

usage() {
    cat <<'END_OF_USAGE'
usage: ./dev demo [--story-only] [--config FILE]
       ./dev demo --stop

Starts a private D-Bus, a simulated board, a simulated MultiPlus and vebus-bmsd, and tells a story of about a minute: a
low cell, a high cell, remote on/off. What is seen is compared with what must be. No hardware is touched.

  --story-only   end everything after the story; exit code 0 when it came true, 1 when it did not
  --stop         end the demo that was left running
  --config FILE  another configuration for the daemon; begin with a copy of config/sim.json

Without --story-only everything runs on after the story, and the commands to play with it are printed.
END_OF_USAGE
}

give_up() {
    echo "demo: $*" >&2
    exit 2
}

print_hints() {
    local bus="DBUS_SESSION_BUS_ADDRESS=$bus_address" item=com.victronenergy.BusItem dev
    printf -v sim %q "$sim"
    printf -v ctl %q "$ctl"
    printf -v dev %q "$repo/dev"
    cat <<END_OF_HINTS

${bold}It runs on in the background. Copy a line and try it:${plain}

What the daemon says
  $bus $ctl status
  $bus $ctl watch
  $bus dbus-send --print-reply --dest=$service /Bms/AllowToDischarge $item.GetValue

What the board and the Multi show
  $sim get $board
  $sim get $multi

A cell is low (the loads go off after 30 s of warning), and well again (they are back after 10 s, and each time after twice as long)
  $sim set $board btv_allow_to_discharge=open
  $sim set $board btv_allow_to_discharge=closed

A cell is high, and well again
  $sim set $board btv_allow_to_charge=open
  $sim set $board btv_allow_to_charge=closed

Shore power is unplugged, and plugged in (without it, a Multi that went off sleeps after 10 s, until it is plugged in)
  $sim set $board mains_1=absent && $sim set $multi mains=off
  $sim set $board mains_1=present && $sim set $multi mains=on

You want the Multi to charge only (1), or to be on (3)
  $bus dbus-send --print-reply --dest=$service /Mode $item.SetValue variant:int32:1
  $bus dbus-send --print-reply --dest=$service /Mode $item.SetValue variant:int32:3

The daemon's log$([ "$EUID" != 0 ] || echo " (as root it warns once about the session bus, which this demo gives it on purpose)")
  tail -f $folder/daemon.log

The end of it
  $dev demo --stop
END_OF_HINTS
}

stop=0 story_only=0 config=$repo/config/sim.json
while [ $# -gt 0 ]; do
    case $1 in
    --story-only) story_only=1 ;;
    --stop) stop=1 ;;
    --config)
        [ $# -gt 1 ] || give_up "--config wants a FILE"
        shift && config=$1
        ;;
    --help | -h)
        usage
        exit 0
        ;;
    *)
        usage >&2
        give_up "what is '$1'?"
        ;;
    esac
    shift
done

if [ $stop = 1 ]; then
    stop_demo
    exit 0
fi
claim_folder $story_only
trap 'clean_up "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
start_world "$config"
tell_story
[ $story_only = 0 ] || exit 0
touch "$folder/left_running"
trap - EXIT
print_hints
