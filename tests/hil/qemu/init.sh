#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# PID 1 of the QEMU guest: starts the daemon, and does what the host says on the console.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs none /run
mkdir /run/state
echo "guest: kernel $(uname -r) $(uname -m)"
vebus-bmsd --config /config.json &
daemon=$!
while read -r word; do
    case $word in
    kill) kill -9 $daemon && wait $daemon ;;
    start)
        vebus-bmsd --config /config.json &
        daemon=$!
        ;;
    off) poweroff -f ;;
    esac
    echo "guest: $word done"
done
