# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# The words a scenario is written in. All times are guest seconds. Scenarios wire the battery so that a closed
# loop is a high line.

declare -A line_dir=() process_id=()
now='' level='' service=''

# A pause that starts no process: nothing ever arrives on this pipe.
mkfifo /run/nothing
exec {nothing}<>/run/nothing
pause() { read -rt "$1" -u "$nothing" || true; }

# Starting a process is slow in the guest, even a subshell: what the waits below repeat answers in a variable.
now_ms() { # now: guest time since boot
    read -r now _ </proc/uptime
    now=$((10#${now/./} * 10))
}

step() {
    now_ms
    printf '[%8.2f s] %s\n' "${now}e-3" "$*"
}

fail() {
    echo "HIL-FAIL: $*" >/run/verdict
    exit 1
}

# --- asserting ---

check() { "$@" || fail "not so: $* ($(seen "$@"))"; }

within() { # within SECONDS COMMAND...: it comes true in that time
    local limit=$1 end
    shift
    now_ms
    end=$((now + limit * 1000))
    until "$@"; do
        now_ms
        ((now < end)) || fail "not within $limit s: $* ($(seen "$@"))"
        pause 0.05
    done
}

holds() { # holds SECONDS COMMAND...: it stays true for all that time
    local start end
    now_ms
    start=$now
    end=$((start + $1 * 1000))
    shift
    while ((now < end)); do
        "$@" || fail "no longer so after $((now - start)) ms: $* ($(seen "$@"))"
        pause 0.05
        now_ms
    done
}

seen() { # what a failed question shows instead, for the message
    case $1 in
    is) echo "the line reads $level" ;;
    item) echo "the bus says '$(bus_get "$2")'" ;;
    multi) echo "the inverter says '$(multi_get "$2")'" ;;
    *) echo "no more is known" ;;
    esac
}

# --- GPIO: a chip of the kernel's own simulator ---

make_chip() { # make_chip NAME LINE...
    local name=$1 chip=/sys/kernel/config/gpio-sim/$1 offset=0 line
    shift
    mkdir "$chip" "$chip/bank0"
    echo $# >"$chip/bank0/num_lines"
    for line; do
        mkdir "$chip/bank0/line$offset"
        echo "$line" >"$chip/bank0/line$offset/name"
        offset=$((offset + 1))
    done
    echo 1 >"$chip/live"
    find_lines "$name" "$@"
}

find_lines() { # find_lines CHIP LINE...: of one that is live
    local chip=/sys/kernel/config/gpio-sim/$1 offset=0 line device
    shift
    device=/sys/devices/platform/$(<"$chip/dev_name")/$(<"$chip/bank0/chip_name")
    for line; do
        line_dir[$line]=$device/sim_gpio$offset
        offset=$((offset + 1))
    done
}

pull() { # pull LINE high|low|closed|open: what the wiring does to an input
    case $2 in
    high | closed) echo pull-up ;;
    low | open) echo pull-down ;;
    *) fail "pull $1: '$2' is not a level" ;;
    esac >"${line_dir[$1]}/pull"
}

is() { # is LINE high|floating: an output nobody drives reads 0, as the pull-down of a wiring board makes it
    read -r level <"${line_dir[$1]}/value"
    case $2 in
    high) [ "$level" = 1 ] ;;
    floating) [ "$level" = 0 ] ;;
    *) fail "is $1: '$2' is not a level" ;;
    esac
}

# --- processes; each has its log in /run/log ---

start() { # start NAME COMMAND...
    local name=$1
    shift
    "$@" >"/run/log/$name" 2>&1 &
    process_id[$name]=$!
}

stop() { # stop NAME [SIGNAL]
    kill -"${2:-TERM}" "${process_id[$1]}"
    wait "${process_id[$1]}" 2>/dev/null || true
}

write_bus_config() { # of a private system bus on which everybody may do everything
    cat >/run/bus.conf <<'END'
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
END
    export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/bus
}

start_bus() {
    write_bus_config
    start dbus dbus-daemon --config-file=/run/bus.conf --nofork --nopidfile
    within 5 test -S /run/bus
}

start_daemon() { start daemon "$HIL_BUILD/src/app/vebus-bmsd" --config /run/config.json; }

start_multiplus() {
    start multiplus "$HIL_BUILD/src/sim/vebus-bms-sim" multiplus --port /run/multi.tty --control /run/multi.sock
    within 5 test -S /run/multi.sock
}

multi_get() { "$HIL_BUILD/src/sim/vebus-bms-sim" get /run/multi.sock "$1" 2>&1 || true; }

multi() { [ "$(multi_get "$1")" = "$2" ]; } # multi NAME VALUE

# --- D-Bus ---

ask_bus() { dbus-send --system --print-reply=literal --reply-timeout=2000 "$@" 2>&1; }

service_up() { # finds our service and remembers its name
    local names
    names=$(ask_bus --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames) || return
    [[ $names =~ com\.victronenergy\.vebus\.[A-Za-z0-9_-]+ ]] && service=${BASH_REMATCH[0]}
}

bus_get() { # bus_get PATH: the value, without its type
    local reply
    reply=$(ask_bus --dest="$service" "$1" com.victronenergy.BusItem.GetValue) || true
    echo "${reply##* }"
}

item() { [ "$(bus_get "$1")" = "$2" ]; } # item PATH VALUE

# --- storms: stories that vebus-bms-storm plays and judges (tests/storm) ---

write_storm_config() { # write_storm_config [PROTECTION]
    cat >/run/config.json <<END
{
  "gpio": {"backend": "gpiod"},
  "btv": {
    "allow_to_charge": {"line": "btv_allow_to_charge", "closed_level": "high"},
    "allow_to_discharge": {"line": "btv_allow_to_discharge", "closed_level": "high"},
    "pre_alarm": {"line": "btv_pre_alarm", "closed_level": "high"}
  },
  "remote": {"h": {"line": "remote_h", "on_level": "high"}, "l": {"line": "remote_l", "on_level": "high"}},
  "detectors": {"mains_1": {"line": "mains_1", "present_level": "high"}},
  "outputs": {
    "load_disconnect": {"line": "load_disconnect", "active_level": "high"},
    "charge_disconnect": {"line": "charge_disconnect", "active_level": "high"},
    "pre_alarm": {"line": "pre_alarm", "active_level": "high"},
    "led_cell_low": {"line": "led_cell_low", "active_level": "high"},
    "led_cell_high": {"line": "led_cell_high", "active_level": "high"},
    "heartbeat": {"line": "heartbeat", "active_level": "high"}
  },
  "protection": {${1:-}},
  "vebus": {"link": "rs485", "port": "/run/multi.tty"},
  "dbus": {"role": "vebus"},
  "state_directory": "/run/state"
}
END
    write_bus_config
}

vebus_bms_storm() { # vebus_bms_storm seeds FIRST LAST SECONDS, or: vebus_bms_storm script|walk FILE
    "$HIL_BUILD/tests/vebus-bms-storm" "$HIL_BUILD/src/app/vebus-bmsd" "$HIL_BUILD/src/sim/vebus-bms-sim" \
        /run/config.json /run/bus.conf "$@"
}

storm() { vebus_bms_storm "$@" || fail "vebus-bms-storm $*"; }
