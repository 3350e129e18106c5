# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# The bundle for Venus OS in a root like its own (venus_root.sh), with the real programs under the real daemontools. There are no GPIO
# chips in it: the daemon runs, permits nothing, and names the line that is missing.
# shellcheck disable=SC2154 # root, work and archive are those of run.sh

# protects: the daemon answers on the bus, and is the bundle's.
protects() { status_names GPIO22; }

installed_and_started() {
    give_config
    unpack
    in_root /data/vebus-bms.new/setup install
    setup start
    within 20 protects
}

it_installs_from_a_stick_and_permits_nothing_before_the_owner_has_spoken() {
    insert_stick
    mv "$root"/media/sda1/venus-data-*.tar.gz "$root/media/sda1/venus-data.tar.gz" # the one name that each Venus OS knows
    boot
    expect "it is installed" [ -x "$root/data/vebus-bms/program/bin/vebus-bmsd" ]
    expect "the stick says what comes next" grep -q 'which level means "closed" is for you to say' "$root/media/sda1/vebus-bms-result.txt"
    refuse "a configuration was made up" [ -e "$root/data/vebus-bms/config.json" ]
    refuse "something runs" [ -e "$root/service/vebus-bms" ]
    refuse "it starts without a configuration" setup start
    refuse "what was unpacked is still there" [ -e "$root/data/vebus-bms.new" ]
}

it_protects_from_a_stick_with_a_configuration() {
    cp config/venus-gx.json "$work/vebus-bms.json"
    insert_stick "$work/vebus-bms.json"
    boot
    within 20 protects
    expect "its log is multilog's" within 10 grep -q '^@4.*GPIO22' "$root/data/log/vebus-bms/current"
    expect "its libraries are its own" grep -q '/data/vebus-bms/program/lib/libsdbus-c++' "/proc/$(daemon_pid)/maps"
    setup status >"$work/said" || true
    expect "the status says that it runs" grep -q 'vebus-bms: up (pid' "$work/said"
    # The stick stays in: the next start takes neither configuration nor program from it again.
    echo '// mine' >>"$root/data/vebus-bms/config.json"
    refuse "it is unpacked again" unpack_stick
    expect "the owner's file stays" [ "$(tail -n 1 "$root/data/vebus-bms/config.json")" = '// mine' ]
}

it_comes_back_after_a_restart_and_after_new_firmware() {
    printf '#!/bin/sh\ntouch /run/theirs\nexit 0\n' >"$root/data/rc.local"
    boot
    installed_and_started
    power_off
    power_on # a root of its own: all but /data is as delivered
    refuse "the service is part of the firmware" [ -e "$root/service/vebus-bms" ]
    boot
    within 20 protects
    expect "the other line in rc.local still works" [ -e "$root/run/theirs" ]
}

it_survives_a_power_cut_between_the_two_renames() {
    boot
    installed_and_started
    power_off
    power_on
    mv "$root/data/vebus-bms/program" "$root/data/vebus-bms/program.old"
    boot
    within 20 protects
}

it_starts_again_what_ends_and_what_hangs() {
    local first
    boot
    installed_and_started
    first=$(daemon_pid)
    kill -KILL "$first"
    within 15 protects
    first=$(daemon_pid)
    kill -STOP "$first"
    within 30 other_daemon_than "$first"
    within 15 protects
    expect "it says why" within 10 grep -q 'no sign of life' "$root/data/log/vebus-bms/current"
}

other_daemon_than() {
    local now
    now=$(daemon_pid)
    [ -n "$now" ] && [ "$now" != "$1" ]
}

it_asks_venus_os_to_watch_it_only_when_told_to() {
    boot
    installed_and_started
    refuse "the watch is on" [ -e "$root/run/watchdog/vebus-bms" ]
    sed -i 's/^reboot_when_dead=no/reboot_when_dead=yes/' "$root/data/vebus-bms/settings"
    setup start
    within 20 test -e "$root/run/watchdog/vebus-bms"
    setup stop
    refuse "a stop would restart the GX" [ -e "$root/run/watchdog/vebus-bms" ]
}

it_is_switched_off_only_when_told_to() {
    mkdir -p "$root/usr/sbin"
    [ -e "$root/sbin" ] || ln -s usr/sbin "$root/sbin"
    script "$root/usr/sbin/poweroff" 'echo off >>/run/told-poweroff'
    boot
    installed_and_started
    touch "$root/run/vebus-bms/power-off-wanted"
    sleep 5
    refuse "the wish is obeyed" [ -e "$root/run/told-poweroff" ]
    sed -i 's/^power_off_at_low_cell=no/power_off_at_low_cell=yes/' "$root/data/vebus-bms/settings"
    setup start
    within 20 protects
    refuse "a wish of before counts" [ -e "$root/run/told-poweroff" ]
    touch "$root/run/vebus-bms/power-off-wanted"
    within 10 grep -qx off "$root/run/told-poweroff"
}

it_keeps_serial_starter_off_our_port_alone() {
    boot
    mkdir -p "$root/dev/serial/by-id" "$root/service/vedirect.ttyS9"
    mknod "$root/dev/ttyS9" c 1 3
    ln -s ../../ttyS9 "$root/dev/serial/by-id/usb-ours-if00"
    give_config_with_port /dev/serial/by-id/usb-ours-if00
    unpack
    in_root /data/vebus-bms.new/setup install
    setup start
    within 10 grep -qx ttyS9 "$root/run/told-stop-tty"
    expect "the rule names our port" grep -q 'SYMLINK=="serial/by-id/usb-ours-if00", ENV{VE_SERVICE}="ignore"' "$root/run/udev/rules.d/zz-vebus-bms.rules"
    expect "no other port is looked at again" grep -qx 'trigger --action=add --subsystem-match=tty --sysname-match=ttyS9' "$root/run/told-udevadm"
    setup stop
    refuse "the port is still kept" [ -e "$root/run/udev/rules.d/zz-vebus-bms.rules" ]
}

it_refuses_a_port_that_another_program_uses() {
    boot
    mknod "$root/dev/ttyS9" c 1 3
    give_config_with_port /dev/ttyS9
    leavings >"$work/before"
    in_root sh -c 'exec 3</dev/ttyS9; : >/run/told-holds; sleep 300; :' &
    within 5 test -e "$root/run/told-holds"
    unpack
    refuse "it installs" in_root /data/vebus-bms.new/setup install 2>"$work/said"
    expect "it says who" grep -q 'the port /dev/ttyS9 is used by another program: process [0-9]* sh' "$work/said"
    expect "nothing is left" diff "$work/before" <(leavings)
}

it_takes_a_line_from_venus_os_only_when_told_to() {
    boot
    mkdir -p "$root/dev/gpio" "$root/sys/class/gpio/gpio12"
    ln -s /sys/class/gpio/gpio12 "$root/dev/gpio/GPIO22"
    : >"$root/sys/class/gpio/unexport"
    installed_and_started
    expect "it says who holds it" within 10 grep -q 'line GPIO22 is held by Venus OS' "$root/data/log/vebus-bms/current"
    expect "it left it alone" [ ! -s "$root/sys/class/gpio/unexport" ]
    sed -i 's/^release_lines=no/release_lines=yes/' "$root/data/vebus-bms/settings"
    setup start
    expect "it let go of it" within 10 grep -qx 12 "$root/sys/class/gpio/unexport"
}

it_installs_twice() {
    boot
    installed_and_started
    leavings >"$work/once"
    cp "$root/data/rc.local" "$work/rc.local"
    unpack
    in_root /data/vebus-bms.new/setup install
    setup reinstall auto deferReboot deferGuiRestart # SetupHelper's words
    within 20 protects
    expect "the second time changes nothing" diff "$work/once" <(leavings)
    expect "the line is there once" cmp "$work/rc.local" "$root/data/rc.local"
}

it_goes_on_with_a_new_version() {
    local newer before
    boot
    installed_and_started
    before=$(daemon_pid)
    newer=$(changed_archive 'echo 9.9.9 >version; sed -i "s/^version=.*/version=9.9.9/" about')
    unpack "$newer"
    in_root /data/vebus-bms.new/setup install
    within 20 other_daemon_than "$before"
    within 20 protects
    expect "it is the new one" grep -qx 9.9.9 "$root/data/vebus-bms/version"
}

it_keeps_the_old_version_when_the_new_one_does_not_accept_the_configuration() {
    local newer before
    boot
    installed_and_started
    before=$(daemon_pid)
    sed -i 's/"btv"/"no_such_key": 1, &/' "$root/data/vebus-bms/config.json"
    newer=$(changed_archive 'sed -i "s/^version=.*/version=9.9.9/" about')
    unpack "$newer"
    refuse "it installs" in_root /data/vebus-bms.new/setup install 2>"$work/said"
    expect "it says what is wrong" grep -q no_such_key "$work/said"
    expect "it says what goes on" grep -q 'goes on protecting the battery' "$work/said"
    expect "the same process goes on" [ "$(daemon_pid)" = "$before" ]
    refuse "the new one is in place" grep -q 9.9.9 "$root/data/vebus-bms/program/about"
}

it_repairs_a_broken_installation() {
    installed_and_started_before_boot
    rm "$root/data/vebus-bms/program/bin/vebus-bmsd" "$root/data/vebus-bms/boot"
    insert_stick
    boot
    within 20 protects
}

installed_and_started_before_boot() {
    give_config
    unpack
    in_root /data/vebus-bms.new/setup install
    setup start
}

it_refuses_a_damaged_bundle() {
    leavings >"$work/before"
    unpack
    printf x >>"$root/data/vebus-bms.new/lib/libsystemd.so.0"
    refuse "it installs" in_root /data/vebus-bms.new/setup install 2>"$work/said"
    expect "it says so" grep -q 'damaged or incomplete' "$work/said"
    expect "nothing is left" diff "$work/before" <(leavings)
}

it_leaves_nothing_half_on_a_full_disk() {
    power_off
    umount "$work/data"
    new_data 12M
    power_on
    leavings >"$work/before"
    insert_stick
    refuse "the stick is unpacked" unpack_stick
    expect "it says how much is missing" grep -q '/data has [0-9]* kB free, [0-9]* kB are needed' "$root/media/sda1/vebus-bms-result.txt"
    rm -rf "$root/media/sda1"
    expect "nothing of the stick is left" diff "$work/before" <(leavings)

    mkdir "$root/media/unpacked"
    tar -xzf "$archive" -C "$root/media/unpacked"
    dd if=/dev/zero of="$root/data/full" bs=1k 2>/dev/null || true
    refuse "there is room" in_root /media/unpacked/vebus-bms.new/setup install 2>"$work/said"
    expect "it says so" grep -q 'no room for it in /data' "$work/said"
    rm -rf "$root/data/full" "$root/media/unpacked"
    expect "nothing of the installation is left" diff "$work/before" <(leavings)
}

it_cleans_up_an_archive_that_could_not_be_unpacked() {
    leavings >"$work/before"
    mkdir -p "$root/data/vebus-bms.new/bin" "$root/tmp/hooks"
    tar -xzf "$archive" -C "$root/tmp/hooks" rc
    refuse "it installs" in_root sh /tmp/hooks/rc/post-hook.sh extraction-failed
    rm -f "$root/run/vebus-bms-install.txt"
    expect "nothing is left" diff "$work/before" <(leavings)
}

it_refuses_what_it_cannot_run_on() {
    local other
    leavings >"$work/before"
    sed -i 's/v3.60/v3.55/' "$root/opt/victronenergy/version"
    # The bundle that brings the C library is for an old one, and its proof is that its program starts.
    other=$(changed_archive 'sed -i "s|^with_loader=.*|with_loader=no|" about')
    unpack "$other"
    refuse "an old Venus OS" in_root /data/vebus-bms.new/setup install 2>"$work/said"
    expect "it names both versions" grep -q 'this is Venus OS v3.55; v3.60 or later is needed' "$work/said"
    sed -i 's/v3.55/v3.60/' "$root/opt/victronenergy/version"
    other=$(changed_archive 'sed -i "s|^loader=.*|loader=/lib/ld-elsewhere.so.1|; s/^architecture=.*/architecture=riscv64/; s/^with_loader=.*/with_loader=no/" about')
    unpack "$other"
    refuse "another machine" in_root /data/vebus-bms.new/setup install 2>"$work/said"
    expect "it names both" grep -q "this bundle is for riscv64, which this machine ($(uname -m)) is not" "$work/said"
    rm "$root/opt/victronenergy/version"
    unpack
    refuse "no Venus OS" in_root /data/vebus-bms.new/setup install 2>"$work/said"
    printf 'v3.60\n\n20250610000000\n' >"$root/opt/victronenergy/version"
    expect "nothing is left" diff "$work/before" <(leavings)
}

it_leaves_nothing_but_the_owners_files() {
    printf '#!/bin/sh\ntouch /run/theirs\n' >"$root/data/rc.local"
    cp "$root/data/rc.local" "$work/rc.local"
    leavings >"$work/before"
    boot
    installed_and_started
    setup uninstall >"$work/said"
    expect "it says how to reset the chargers" grep -q 'error 67' "$work/said"
    expect "the configuration is kept" [ -f "$root/data/vebus-bms/config.json" ]
    refuse "it still runs" pgrep -f /data/vebus-bms/program/bin/vebus-bmsd
    expect "the other lines of rc.local are as before" cmp "$work/rc.local" "$root/data/rc.local"
    unpack
    in_root /data/vebus-bms.new/setup install
    setup uninstall --purge
    expect "nothing is left" diff "$work/before" <(leavings)
}
