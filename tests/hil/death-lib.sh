# shellcheck shell=bash disable=SC2034,SC2154 # now and the maps of guest-lib.sh; what a scenario reads
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Words for scenarios that end a daemon, or take from it what it lives on. The table they fill is printed at the end.

rows='' gone_ms='' back_ms='' took='' took_off='' daemon_pid=''

row() { # row DEATH OUTPUTS AFTER NEXT-START
    rows+="| $1 | $2 | $3 | $4 |"$'\n'
}

print_rows() {
    printf '%s\n' '| death | outputs | after | the next start |' '| --- | --- | --- | --- |'
    printf '%s' "$rows"
}

write_death_config() { # write_death_config STATE-FOLDER
    cat >/run/config.json <<END_OF_CONFIG
{
  "gpio": {"backend": "gpiod"},
  "btv": {
    "allow_to_charge": {"line": "btv_allow_to_charge", "closed_level": "high"},
    "allow_to_discharge": {"line": "btv_allow_to_discharge", "closed_level": "high"},
    "pre_alarm": {"line": "btv_pre_alarm", "closed_level": "high"}
  },
  "remote": {"on": {"line": "remote_on", "on_level": "high"}},
  "outputs": {
    "load_disconnect": {"line": "load_disconnect", "active_level": "high"},
    "charge_disconnect": {"line": "charge_disconnect", "active_level": "high"},
    "pre_alarm": {"line": "pre_alarm", "active_level": "high"},
    "heartbeat": {"line": "heartbeat", "active_level": "high"}
  },
  "protection": {"restart": "manual"},
  "vebus": {"link": "rs485", "port": "/run/multi.tty"},
  "dbus": {"role": "vebus"},
  "state_directory": "$1"
}
END_OF_CONFIG
}

# --- the daemon under a supervisor (supervise.pl) that restarts it as the shipped unit says ---

supervise() { # starts it, and waits until everything is permitted
    start supervisor "$here/supervise.pl" "$here/../../systemd/vebus-bmsd.service" \
        "$HIL_BUILD/src/app/vebus-bmsd" --config /run/config.json
    all_up
}

events() { # events WORD: how often the supervisor said so
    grep -c "^$1" /run/log/supervisor || true
}

find_daemon() { # daemon_pid: of the process that runs now
    local word pid line
    while read -r word pid line; do
        [ "$word" != started ] || daemon_pid=$pid
    done </run/log/supervisor
}

# Questions that a wait repeats: no process may be started for them.
both() { is load_disconnect "$1" && is charge_disconnect "$1"; }

# A question that starts a process is asked seldom: a start costs the guest more than half a second of waiting.
seldom() { # seldom SECONDS COMMAND...: it comes true in that time
    local left=$(($1 * 2))
    shift
    until "$@"; do
        ((left-- > 0)) || fail "never so: $* ($(seen "$@"))"
        pause 0.5
    done
}

all_up() {
    within 30 both high
    pause 1
    seldom 30 service_up
    seldom 30 item /Connected 1
    find_daemon
}

# both_within LIMIT-MS WORD: waits in the steps of 10 ms, and leaves in took how long it was.
both_within() {
    local begin
    now_ms
    begin=$now
    until both "$2"; do
        now_ms
        ((now - begin <= $1)) || fail "outputs not $2 within $1 ms (load_disconnect reads $level)"
        pause 0.01
    done
    now_ms
    took=$((now - begin))
}

# dies WITHIN-MS COMMAND...: it is done; the outputs then float within that time, and come back with the next start. Leaves gone_ms,
# back_ms: from the blow to both floating, and from there to both high.
dies() {
    local limit=$1
    shift
    check both high
    "$@"
    both_within "$limit" floating
    gone_ms=$took
    both_within 30000 high
    back_ms=$took
    all_up
}

# --- blows ---

hit() { kill -"$1" "$daemon_pid"; } # hit SIGNAL

unplug() { echo 0 >"/sys/kernel/config/gpio-sim/$1/live"; } # unplug CHIP

plug() { # plug CHIP LINE...
    echo 1 >"/sys/kernel/config/gpio-sim/$1/live"
    find_lines "$@"
}

close_loops() {
    local loop
    for loop in btv_allow_to_charge btv_allow_to_discharge btv_pre_alarm; do pull "$loop" closed; done
    pull remote_on high
}

# --- what came of it ---

# Leaves in took_off how long it was.
floats_within() { # floats_within LIMIT-MS LINE
    local begin
    now_ms
    begin=$now
    until is "$2" floating; do
        now_ms
        ((now - begin <= $1)) || fail "$2 is high still after $1 ms"
        pause 0.01
    done
    now_ms
    took_off=$((now - begin))
}

has_said() { grep -qF "$1" /run/log/supervisor; }

says() { has_said "$1" || fail "the daemon has not said: $1"; }

latch_is_stored() { [[ $(</run/state/memory.json) =~ \"restart_latched\":\ *true ]]; }

no_latch_is_stored() { ! latch_is_stored; }

restart_loads() {
    "$HIL_BUILD/src/tool/vebus-bmsctl" restart-loads --system >/run/log/restart-loads 2>&1 || fail "restart-loads was refused"
}
