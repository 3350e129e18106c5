# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0

start_bus() {
    in_root mkdir -p /run/dbus
    in_root dbus-daemon --system --fork --nopidfile
}

# as_service COMMAND...: as the unit runs it, in the background.
as_service() {
    local groups
    groups=$(in_root id -G vebus-bms | tr ' ' ,)
    # shellcheck disable=SC2154 # root and work are clean_root.sh's
    setsid env -i PATH=/usr/sbin:/usr/bin chroot --userspec=vebus-bms:vebus-bms --groups="$groups" "$root" "$@" </dev/null >>"$work/service.log" 2>&1 &
}

status_is() { # status_is CODE TEXT
    local code=0
    in_root vebus-bmsctl status >"$work/status" 2>&1 || code=$?
    cat "$work/status"
    [ $code = "$1" ] && grep -qF "$2" "$work/status"
}

it_installs_a_user_who_may_open_lines_and_ports() {
    install_deb vebus-bms >"$work/said"
    expect "it is installed" [ "$(state_of vebus-bms)" = installed ]
    expect "its user has groups" [ "$(in_root id -Gn vebus-bms | tr ' ' '\n' | sort | xargs)" = 'dialout gpio vebus-bms' ]
    expect "its state is its own" [ "$(in_root stat -c '%U %G %a' /var/lib/vebus-bms)" = 'vebus-bms vebus-bms 750' ]
    expect "it says what comes next" grep -q 'systemctl enable --now vebus-bmsd' "$work/said"
    refuse "it is not started before somebody has read the levels" [ -e "$root/etc/systemd/system/multi-user.target.wants/vebus-bmsd.service" ]
    expect "what may switch the board off is there" [ -f "$root/usr/lib/systemd/system/vebus-bms-power-off.path" ]
    refuse "it is enabled before the owner says so" [ -e "$root/etc/systemd/system/multi-user.target.wants/vebus-bms-power-off.path" ]
    expect "the unit is one that systemd understands" in_root systemd-analyze verify --man=no vebus-bmsd.service
}

# A board without a single line, as this root is one: the daemon runs, permits nothing, and says why.
it_runs_as_its_own_user_on_the_system_bus() {
    install_deb vebus-bms
    in_root sed -i 's/"link": "rs485",/"link": "none"/; /"port":/d; /"transmit":/d' /etc/vebus-bms/vebus-bmsd.json
    in_root vebus-bmsd --check-config
    start_bus
    as_service vebus-bmsd
    within 20 status_is 1 GPIO22
    refuse "anybody may not write" in_root setpriv --reuid=nobody --regid=nogroup --clear-groups vebus-bmsctl mode off
}

it_protects_a_simulated_battery() {
    install_deb vebus-bms
    install_deb vebus-bms-sim
    start_bus
    in_root sed -e 's|/tmp/vebus-bms-demo|/var/lib/vebus-bms|; s|"bus": "session"|"bus": "system"|' /usr/share/vebus-bms-sim/sim.json >"$work/sim.json"
    cp "$work/sim.json" "$root/etc/vebus-bms/vebus-bmsd.json"
    as_service vebus-bms-sim board --socket /var/lib/vebus-bms/board.sock
    as_service vebus-bms-sim multiplus --port /var/lib/vebus-bms/multiplus.tty --control /var/lib/vebus-bms/multiplus.sock
    within 10 test -S "$root/var/lib/vebus-bms/board.sock" -a -L "$root/var/lib/vebus-bms/multiplus.tty"
    as_service /usr/lib/vebus-bms-sim/vebus-bmsd
    within 30 status_is 0 ''
}

it_installs_twice() {
    install_deb vebus-bms
    everything >"$work/once"
    install_deb vebus-bms
    expect "the second time changes nothing" diff "$work/once" <(everything)
}

it_repairs_a_broken_installation() {
    local failing
    failing=$(changed_deb vebus-bms 'sed -i "2a exit 7" DEBIAN/postinst')
    refuse "a postinst that fails is a failure" in_root dpkg -i "$failing"
    rm "$root/usr/bin/vebus-bmsd" "$root/usr/lib/sysusers.d/vebus-bms.conf"
    install_deb vebus-bms
    expect "it is installed" [ "$(state_of vebus-bms)" = installed ]
    in_root vebus-bmsd --version
    expect "every file is whole" in_root dpkg --verify vebus-bms
}

it_refuses_another_architecture() {
    local foreign
    everything >"$work/before"
    foreign=$(changed_deb vebus-bms 'sed -i "s/^Architecture: .*/Architecture: s390x/" DEBIAN/control')
    refuse "another processor's package does not install" in_root dpkg -i "$foreign" 2>"$work/said"
    expect "it says why" grep -q 'package architecture (s390x) does not match system' "$work/said"
    expect "nothing of it is left" diff "$work/before" <(everything)
}

it_leaves_no_half_installation_on_a_full_disk() {
    drop_root
    new_root 1M
    everything >"$work/before"
    refuse "there is no room" install_deb vebus-bms 2>"$work/said"
    expect "it says why" grep -q 'No space left on device' "$work/said"
    expect "nothing of it is left" diff "$work/before" <(everything)
    mount -o remount,size=100M "$work/layer"
    install_deb vebus-bms
    expect "with room it installs" [ "$(state_of vebus-bms)" = installed ]
}

it_leaves_nothing_after_purge() {
    everything >"$work/before"
    install_deb vebus-bms
    install_deb vebus-bms-sim
    touch "$root/var/lib/vebus-bms/state.json" "$root/etc/vebus-bms/vebus-bmsd.json.mine"
    mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
    in_root systemctl enable vebus-bmsd
    in_root dpkg -r vebus-bms >"$work/said"
    expect "it says how to reset the chargers" grep -q 'error 67' "$work/said"
    expect "removing keeps the configuration" [ -f "$root/etc/vebus-bms/vebus-bmsd.json" ]
    in_root dpkg -P vebus-bms vebus-bms-sim
    expect "nothing is left" diff "$work/before" <(everything)
}

it_leaves_a_group_that_others_made() {
    in_root groupadd --system gpio
    install_deb vebus-bms
    in_root dpkg -P vebus-bms
    expect "the group gpio is still there" in_root getent group gpio
}
