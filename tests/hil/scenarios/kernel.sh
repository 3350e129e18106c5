# shellcheck shell=bash disable=SC2154 # now is set by now_ms
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# What the other scenarios rest on: the guest itself, without a program of this project.

make_chip board signal output
read -r chip _ < <(gpiofind signal)

# Pulsed until it is seen: gpiomon may not be listening yet.
edge_arrives() {
    pull signal low
    pause 0.01
    pull signal high
    pause 0.01
    grep -q "RISING EDGE offset: 0" /run/log/gpiomon
}

step "an edge reaches the character device"
start gpiomon gpiomon --num-events=1 --rising-edge "$chip" 0
within 5 edge_arrives

step "an output is driven, and let go when its holder is killed"
start gpioset gpioset --mode=signal "$chip" 1=1
within 5 is output high
holds 10 is output high
stop gpioset KILL
within 1 is output floating

step "a private D-Bus answers"
start_bus
check ask_bus --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetId >/run/log/bus-id

step "an hour of sleep is over at once"
now_ms
before=$now
sleep 3600
now_ms
slept=$(((now - before) / 1000))
[ "$slept" = 3600 ] || fail "sleep 3600 took $slept s of guest time"
step "done"
