#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# PID 1 of the guest. Root is the host's / read-only; only /run can be written (a tmpfs on /tmp would hide a
# project that lies there). HIL_SCENARIO and HIL_BUILD come from the kernel command line.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/run TMPDIR=/run
here=${0%/*}

mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev 2>/dev/null # the kernel may have done so already
ln -sf /proc/self/fd /dev/fd
mkdir -p /dev/pts
mount -t devpts none /dev/pts
mount -t tmpfs none /run
mount -t configfs none /sys/kernel/config
mkdir /run/log
cd /run || exit

if bash -euc 'here=$1; . "$1/guest-lib.sh"; . "$1/scenarios/$HIL_SCENARIO.sh"' guest "$here"; then
    echo HIL-PASS
else
    [ -e /run/verdict ] || echo "HIL-FAIL: a command of the scenario failed" >/run/verdict
    tail -n 60 /run/log/* 2>/dev/null
    cat /run/verdict
fi
# reboot(RB_POWER_OFF), by the one language every Debian system has that can call it.
perl -e 'syscall(169, 0xfee1dead, 0x28121969, 0x4321fedc, 0)'
