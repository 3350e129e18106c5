# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# The clean root of each test as a machine: systemd is its process 1, in a container (systemd-nspawn). The kernel is this machine's,
# and so there are no GPIO lines: the daemon in the package under test is the one with the simulated board.

# shellcheck disable=SC2154 # work, root and base are those of run.sh and clean_root.sh

# new_machine: a fresh one, booted.
new_machine() {
    mkdir -p "$work/layer" "$root"
    mount -t tmpfs -o size=400M bms-packaging "$work/layer"
    mkdir "$work/layer/upper" "$work/layer/work"
    mount -t overlay -o "lowerdir=$base,upperdir=$work/layer/upper,workdir=$work/layer/work" bms-packaging "$root"
    : >"$work/service.log"
    power_up
}

# power_up: waits until all has started. The number of the process stands in a file, since a test runs in a process of its own.
power_up() {
    systemd-nspawn --quiet --register=no --keep-unit --private-network --console=pipe --machine=vebus-bms-test -D "$root" --boot \
        </dev/null >>"$work/console" 2>&1 &
    echo $! >"$work/machine"
    within 60 has_started
}

# power_cut: nothing is stopped in order.
power_cut() {
    local pid
    pid=$(cat "$work/machine")
    kill -KILL "$leader" 2>/dev/null || true
    for _ in {1..100}; do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$pid"
}

has_started() {
    leader=$(pgrep -P "$(cat "$work/machine")" | head -n 1)
    [ -n "$leader" ] || return 1
    in_machine systemctl is-system-running >"$work/running" || grep -q degraded "$work/running"
}

drop_machine() {
    leader=$(pgrep -P "$(cat "$work/machine")" | head -n 1)
    power_cut
    drop_root
}

in_machine() { nsenter -t "$leader" -a env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@" </dev/null; }

# into_machine DEB: what changed_deb has made, where the machine sees it.
into_machine() {
    cp "$root$1" "$root/root/"
    echo "/root/${1##*/}"
}
