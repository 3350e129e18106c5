# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0

# shellcheck disable=SC2154 # work and root are clean_root.sh's
state=/var/lib/vebus-bms

# simulated_deb [SCRIPT]: the package with the daemon that knows the simulated board in place of the one it ships, where the machine
# sees it; SCRIPT as for changed_deb.
simulated_deb() {
    local deb
    deb_of vebus-bms-sim >/dev/null
    rm -rf "$work/sim"
    dpkg-deb -x "$root/dev/vebus-bms-sim.deb" "$work/sim"
    cp "$root/dev/vebus-bms-sim.deb" "$root/root/"
    deb=$(changed_deb vebus-bms "cp '$work/sim/usr/lib/vebus-bms-sim/vebus-bmsd' usr/bin/vebus-bmsd; ${1:-true}")
    into_machine "$deb"
}

# simulator NAME WORDS...: a unit of the machine.
simulator() {
    printf '[Service]\nUser=vebus-bms\nExecStart=/usr/bin/vebus-bms-sim %s\n[Install]\nWantedBy=multi-user.target\n' "${*:2}" \
        >"$root/etc/systemd/system/$1.service"
    in_machine systemctl daemon-reload
    in_machine systemctl enable --now "$1.service"
}

configure() {
    sed -e "s|/tmp/vebus-bms-demo|$state|; s|\"bus\": \"session\"|\"bus\": \"system\"|" "$root/usr/share/vebus-bms-sim/sim.json" \
        >"$root/etc/vebus-bms/vebus-bmsd.json"
}

property() { in_machine systemctl show --property="$1" --value vebus-bmsd; }
main_pid() { property MainPID; }
said() { in_machine journalctl --unit=vebus-bmsd --output=cat --no-pager; }
has_said() { said | grep -qE "$1"; }
loads_are() { [ "$(in_machine vebus-bms-sim get $state/board.sock load_disconnect)" = "$1" ]; }
all_is_well() { in_machine vebus-bmsctl status >"$work/status" 2>&1 && loads_are high; }
is_restarted() { [ "$(property NRestarts)" -gt 0 ] && all_is_well; }
program_is() { # program_is installed|replaced: what the process was started from, against what is installed now
    local path
    path=$(in_machine readlink "/proc/$(main_pid)/exe")
    case $1 in installed) [ "$path" = /usr/bin/vebus-bmsd ] ;; replaced) [ "$path" = '/usr/bin/vebus-bmsd (deleted)' ] ;; esac
}

# protecting: a machine with the package, its simulators and a daemon that permits loads.
protecting() {
    in_machine dpkg -i "$(simulated_deb)" /root/vebus-bms-sim.deb
    configure
    simulator board board --socket $state/board.sock
    simulator multiplus multiplus --port $state/multiplus.tty --control $state/multiplus.sock
    within 10 test -S "$root$state/board.sock" -a -L "$root$state/multiplus.tty"
    in_machine systemctl enable --now vebus-bmsd
    within 30 all_is_well
}

# since COMMAND...: milliseconds until it succeeds, at most a minute.
since() {
    local begin
    begin=$(date +%s%N)
    within 60 "$@"
    echo $((($(date +%s%N) - begin) / 1000000))
}

figure() { echo "figure: $*" >>"${figures:?}"; }

it_runs_in_its_sandbox_and_comes_back_with_the_machine() {
    protecting
    expect "it is ready" [ "$(property ActiveState)/$(property NRestarts)" = active/0 ]
    expect "its words are the unit's" [ "$(property StatusText)" = 'loads on, charging allowed' ]
    refuse "it has no rights" grep -qE '^Cap(Eff|Bnd):.*[1-9a-f]' "/proc/$(in_host_pid)/status"
    figure "resident $(awk '/^VmRSS/{print $2}' "/proc/$(in_host_pid)/status") kB under systemd, the sandbox on"
    power_cut
    power_up
    within 30 all_is_well
    within 5 has_said 'supply'
}

# in_host_pid: the daemon's number out here.
in_host_pid() { pgrep -f '^/usr/bin/vebus-bmsd --config /etc/vebus-bms/vebus-bmsd.json' --nslist pid --ns "$leader"; }

it_is_ended_and_started_again_when_it_hangs() {
    protecting
    in_machine kill -STOP "$(main_pid)"
    figure "hangs: outputs released $(since loads_are floating) ms after the last sign of life (WatchdogSec 10)"
    figure "hangs: all permitted again $(since is_restarted) ms later"
    expect "systemd says why" [ "$(said | grep -c 'Watchdog timeout')" -ge 0 ]
    expect "its end was the watchdog's" has_said 'crash|killed|not ended'
}

it_starts_again_after_a_crash() {
    protecting
    in_machine kill -KILL "$(main_pid)"
    expect "outputs are released at once" loads_are floating
    figure "kill -9: all permitted again after $(since is_restarted) ms (RestartSec 1)"
}

# The kernel's out-of-memory killer, in a group of 64 MB in which the daemon lives with a program that takes all there is.
it_is_not_what_the_kernel_kills_when_memory_runs_out() {
    local group=/sys/fs/cgroup/memory/vebus-bms-test pid
    [ -d /sys/fs/cgroup/memory ] || { echo "the out-of-memory killer: no memory cgroups of version 1 here" && exit 77; }
    protecting
    pid=$(main_pid)
    mkdir "$group"
    echo 64M >"$group/memory.limit_in_bytes"
    in_host_pid >"$group/cgroup.procs"
    (echo "$BASHPID" >"$group/cgroup.procs" && exec tail /dev/zero) &
    refuse "the other one is killed" wait $!
    expect "the kernel did it" grep -q '^oom_kill [1-9]' "$group/memory.oom_control"
    expect "the daemon goes on" [ "$(main_pid)/$(property NRestarts)" = "$pid/0" ]
    expect "and permits" all_is_well
    in_host_pid >/sys/fs/cgroup/memory/cgroup.procs
    rmdir "$group"
}

it_is_replaced_by_an_upgrade_with_the_outputs_off_for_half_a_second() {
    local pid gap
    protecting
    pid=$(main_pid)
    in_machine dpkg -i "$(simulated_deb "$newer")"
    within 30 program_is installed
    within 30 all_is_well
    expect "the process goes on" [ "$(main_pid)/$(property NRestarts)" = "$pid/0" ]
    within 5 has_said 'loads were off for'
    gap=$(said | sed -nE 's/.*loads were off for ([0-9.]+) s.*/\1/p' | tail -n 1)
    figure "upgrade: loads were off for $gap s (one debounce and 100 ms: 0.6)"
    expect "no longer than a debounce and 100 ms" awk -v gap="$gap" 'BEGIN {exit !(gap > 0 && gap <= 0.6)}'
}

it_is_restarted_by_an_upgrade_that_changes_its_unit() {
    protecting
    in_machine dpkg -i "$(simulated_deb "$newer; echo '# newer' >>lib/systemd/system/vebus-bmsd.service 2>/dev/null || echo '# newer' >>usr/lib/systemd/system/vebus-bmsd.service")"
    within 30 all_is_well
    expect "the new unit counts" [ "$(property NeedDaemonReload)" = no ]
    expect "the new program runs" program_is installed
}

it_goes_on_with_the_old_program_when_an_upgrade_does_not_take_the_configuration() {
    local pid
    protecting
    pid=$(main_pid)
    sed -i 's/"pre_alarm_lead_s": 30/"pre_alarm_lead_s": 3/' "$root/etc/vebus-bms/vebus-bmsd.json"
    grep -q '"pre_alarm_lead_s": 3,\?$' "$root/etc/vebus-bms/vebus-bmsd.json" ||
        sed -i '0,/{/s//{ "protection": {"pre_alarm_lead_s": 3},/' "$root/etc/vebus-bms/vebus-bmsd.json"
    in_machine dpkg -i "$(simulated_deb "$newer")" 2>"$work/said"
    expect "it says what is wrong" grep -q pre_alarm_lead_s "$work/said"
    expect "it says what goes on" grep -q 'The old process goes on protecting' "$work/said"
    expect "the process is the old one" [ "$(main_pid)" = "$pid" ]
    expect "it still protects" all_is_well
    expect "it is the old program" program_is replaced
}

it_does_not_start_again_and_again_with_a_wrong_configuration() {
    protecting
    in_machine systemctl stop vebus-bmsd
    echo '{"nonsense": 1}' >"$root/etc/vebus-bms/vebus-bmsd.json"
    refuse "it cannot be started" in_machine systemctl start vebus-bmsd
    expect "it says why" has_said '/nonsense'
    expect "systemd leaves it" [ "$(property ActiveState)/$(property ExecMainStatus)" = failed/78 ]
    expect "outputs are released" loads_are floating
}

it_leaves_nothing_running_after_purge() {
    protecting
    in_machine dpkg -P vebus-bms >"$work/said"
    expect "it says how to reset the chargers" grep -q 'error 67' "$work/said"
    refuse "nothing of it runs" in_machine pgrep -x vebus-bmsd
    refuse "systemd knows no such unit" in_machine systemctl cat vebus-bmsd
    expect "a user that others still are stays, and that is said" grep -q 'the user vebus-bms stays' "$work/said"
    refuse "its state is gone" [ -e "$root$state/memory.json" ]
}
