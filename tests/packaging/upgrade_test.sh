# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# An upgrade while the daemon runs. There is no systemd to be asked in such a root, so a systemctl that writes down what it is
# told, and says that the daemon runs, stands for it.

# shellcheck disable=SC2154 # root, work and newer are clean_root.sh's
fake_systemd() {
    mkdir -p "$root/run/systemd/system" "$root/usr/local/bin"
    local each
    for each in systemctl udevadm; do
        rm -f "$root/usr/bin/$each"
        # shellcheck disable=SC2016 # expanded there
        printf '#!/bin/sh\necho "%s $*" >>/run/told\ncase $1 in show) cat /run/unit-changed 2>/dev/null ;; esac\nexit 0\n' $each >"$root/usr/bin/$each"
        chmod 0755 "$root/usr/bin/$each"
    done
    : >"$root/run/told"
}

# shellcheck disable=SC2154
was_told() { grep -q "^systemctl .*$1.* vebus-bmsd.service" "$root/run/told"; }

# shellcheck disable=SC2154
it_replaces_the_process_when_the_configuration_is_good() {
    local deb
    install_deb vebus-bms
    fake_systemd
    deb=$(changed_deb vebus-bms "$newer")
    in_root dpkg -i "$deb"
    expect "it was reloaded" was_told reload
    refuse "it was not restarted" was_told restart
    refuse "it was not stopped before that" grep -q '^systemctl .*stop' "$root/run/told"
}

# shellcheck disable=SC2154
it_restarts_the_daemon_when_its_unit_has_changed() {
    local deb
    install_deb vebus-bms
    fake_systemd
    echo yes >"$root/run/unit-changed"
    deb=$(changed_deb vebus-bms "$newer")
    in_root dpkg -i "$deb"
    expect "it was restarted" was_told restart
    refuse "it was not stopped before that" grep -q '^systemctl .*stop' "$root/run/told"
}

# shellcheck disable=SC2154
it_keeps_the_old_process_when_the_configuration_is_bad() {
    local deb
    install_deb vebus-bms
    fake_systemd
    sed -i 's/"pre_alarm_lead_s": 30/"pre_alarm_lead_s": 3/' "$root/etc/vebus-bms/vebus-bmsd.json"
    deb=$(changed_deb vebus-bms "$newer")
    in_root dpkg -i "$deb" 2>"$work/said"
    refuse "it was not restarted" was_told restart
    refuse "it was not reloaded" was_told reload
    expect "it says what is wrong" grep -q pre_alarm_lead_s "$work/said"
    expect "it says what goes on" grep -q 'The old process goes on protecting' "$work/said"
    expect "dpkg is content" [ "$(state_of vebus-bms)" = installed ]
}

# shellcheck disable=SC2154
it_keeps_an_edited_configuration() {
    local deb
    install_deb vebus-bms
    echo '// mine' >>"$root/etc/vebus-bms/vebus-bmsd.json"
    deb=$(changed_deb vebus-bms "$newer")
    in_root dpkg -i "$deb"
    expect "an example that did not change is no question" [ "$(tail -n 1 "$root/etc/vebus-bms/vebus-bmsd.json")" = '// mine' ]
    deb=$(changed_deb vebus-bms "$newer; echo '// theirs' >>etc/vebus-bms/vebus-bmsd.json")
    in_root dpkg --force-confold -i "$deb"
    expect "the owner's file stays" [ "$(tail -n 1 "$root/etc/vebus-bms/vebus-bmsd.json")" = '// mine' ]
    expect "the new example lies beside it" [ "$(tail -n 1 "$root/etc/vebus-bms/vebus-bmsd.json.dpkg-dist")" = '// theirs' ]
}

it_stops_the_daemon_before_it_is_removed() {
    install_deb vebus-bms
    fake_systemd
    in_root dpkg -r vebus-bms
    expect "it was stopped" grep -q '^systemctl .*stop.* vebus-bmsd.service' "$root/run/told"
}
