# shellcheck shell=sh
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# What the scripts of the bundle share. The caller has set here: the folder of this file.

base=/data/vebus-bms
program=$base/program
config=$base/config.json
settings=$base/settings
service=/service/vebus-bms
rule=/run/udev/rules.d/zz-vebus-bms.rules
# shellcheck disable=SC2034 # for start
stop_tty=/opt/victronenergy/serial-starter/stop-tty.sh
# shellcheck disable=SC2034 # for setup
mark='# vebus-bms'
# shellcheck disable=SC2034 # for setup
logs=/var/log/vebus-bms

say() { echo "vebus-bms: $*"; }
die() {
    say "$*" >&2
    exit 1
}

# daemontools NAME ARGUMENT...: by its path, since a busybox shell may have an svc of its own, which speaks to runit.
daemontools() {
    tool=$1
    shift
    if [ -x "/usr/bin/$tool" ]; then "/usr/bin/$tool" "$@"; else command "$tool" "$@"; fi
}

# about WORD: what packaging/venus/bundle.sh wrote down of this bundle.
about() { sed -n "s/^$1=//p" "${here:?}/about"; }

# setting NAME: the owner's word, lower case; empty: none.
setting() { sed -n "s/^$1=\([a-z]*\).*/\1/p" "$settings" 2>/dev/null | tail -n 1; }

daemon() { "${here:?}/bin/vebus-bmsd" "$@"; }

# What the configuration names: the serial port, and every line.
configured_port() { daemon --print-config --config "$config" 2>/dev/null | sed -n 's/^ *"port": "\(.*\)",*$/\1/p'; }
configured_lines() { daemon --print-config --config "$config" 2>/dev/null | grep -o '"line": "[^"]*"' | cut -d '"' -f 4; }

# tty_of PORT: the kernel's name of it, as ttyUSB0; nothing while it is not there.
tty_of() {
    [ -z "$1" ] || [ ! -e "$1" ] || basename "$(readlink -f "$1")"
}

# holders_of DEVICE: the ids of the processes that have it open.
holders_of() {
    # shellcheck disable=SC2012 # one ls for all processes: a find for each would take seconds on a GX
    ls -l /proc/[0-9]*/fd 2>/dev/null | awk -v device="$1" '
        /^\/proc\/[0-9]+\/fd:$/ {split($0, part, "/"); pid = part[3]}
        $NF == device && $(NF - 1) == "->" {print pid}'
}

# foreign_holder PORT: "PID NAME" of who has it open and is neither we nor a driver that serial-starter put there and takes away again.
foreign_holder() {
    tty=$(tty_of "$1")
    [ -n "$tty" ] || return 0
    for each in "/service/"*".$tty"; do [ ! -e "$each" ] || return 0; done
    for pid in $(holders_of "/dev/$tty"); do
        case $(readlink "/proc/$pid/exe") in
        "$base"/*) ;;
        *) echo "$pid $(cat "/proc/$pid/comm")" && return 0 ;;
        esac
    done
}

# held_lines: of the configured lines those that Venus OS has exported, which makes them busy for everybody else.
held_lines() {
    for line in $(configured_lines); do [ ! -e "/dev/gpio/$line" ] || echo "$line"; done
}

# release_line NAME
release_line() {
    number=$(basename "$(readlink -f "/dev/gpio/$1")")
    case ${number#gpio} in
    '' | *[!0-9]*) say "line $1 is no exported line of the kernel" ;;
    *) echo "${number#gpio}" >/sys/class/gpio/unexport && say "line $1 (GPIO ${number#gpio}) taken from Venus OS" ;;
    esac
}

# The udev rule that keeps serial-starter off a port. By-id names are links, and known only to rules that come later.
rule_for() {
    case $1 in
    '') ;;
    /dev/*/*) echo "SUBSYSTEM==\"tty\", SYMLINK==\"${1#/dev/}\", ENV{VE_SERVICE}=\"ignore\"" ;;
    *) echo "SUBSYSTEM==\"tty\", KERNEL==\"${1#/dev/}\", ENV{VE_SERVICE}=\"ignore\"" ;;
    esac
}

# udev_again TTY: that port alone, since an "add" for all would have serial-starter look at everybody's again.
udev_again() {
    udevadm control --reload 2>/dev/null
    [ -z "$1" ] || udevadm trigger --action=add --subsystem-match=tty --sysname-match="$1" 2>/dev/null
    return 0
}

# keep_port: the rule as the configuration wants it, and no driver of Venus OS's on the port.
keep_port() {
    port=$(configured_port)
    [ -n "$port" ] || return 0
    if [ "$(cat "$rule" 2>/dev/null)" != "$(rule_for "$port")" ]; then
        mkdir -p "${rule%/*}"
        rule_for "$port" >"$rule"
        udev_again "$(tty_of "$port")"
    fi
}

free_port() {
    [ -e "$rule" ] || return 0
    rm -f "$rule"
    udev_again "$(tty_of "$(configured_port)")"
}

# place_service: made anew after each boot, because /service is; whole at once, because svscan looks every five seconds.
place_service() {
    [ -d /service ] || return 1
    [ ! -d "$service" ] || return 0
    rm -rf "/service/.vebus-bms.new"
    cp -R "$program/service" "/service/.vebus-bms.new" && mv "/service/.vebus-bms.new" "$service"
}

# remove_service: ends the daemon and its log, and forgets the service.
remove_service() {
    gone=/service/.vebus-bms.gone
    [ -d "$service" ] || return 0
    rm -rf "$gone"
    mv "$service" "$gone"
    daemontools svc -dx "$gone" "$gone/log" 2>/dev/null || true
    tries=20
    while [ $tries -gt 0 ] && { daemontools svok "$gone" || daemontools svok "$gone/log"; }; do
        sleep 1
        tries=$((tries - 1))
    done
    rm -rf "$gone"
    rm -rf /run/watchdog/vebus-bms /run/vebus-bms.alive /run/vebus-bms
}
