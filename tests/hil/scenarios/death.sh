# shellcheck shell=bash disable=SC2154 # what guest-lib.sh and death-lib.sh set
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Deaths of the daemon, and of what it lives on: what its outputs do, after what time, and what the next start makes of it.
# shellcheck source=tests/hil/death-lib.sh
. "$here/death-lib.sh"

make_chip battery btv_allow_to_charge btv_allow_to_discharge btv_pre_alarm remote_on
make_chip outputs load_disconnect charge_disconnect pre_alarm heartbeat
mkdir /run/state
mount -t tmpfs -o size=64k none /run/state # a card that can be filled
write_death_config /run/state
close_loops
start_bus
start_multiplus
supervise

step "kill -9"
dies 50 hit KILL
row "kill -9" "released: $gone_ms ms" "started again after 1 s" "all permitted $back_ms ms after the release"

step "abort"
dies 50 hit ABRT
row "abort (a broken invariant)" "released: $gone_ms ms" "as above" "$back_ms ms"

step "abort, where a collector of core dumps takes its time"
printf '#!/bin/bash\nexec sleep 20\n' >/run/collector
chmod +x /run/collector
echo '|/run/collector' >/proc/sys/kernel/core_pattern
dies 50 hit ABRT
echo core >/proc/sys/kernel/core_pattern
row "abort, and writing its core dump takes 20 s" "released: $gone_ms ms" "started again after the dump" "$back_ms ms"

step "stopped: the watchdog"
before=$(events watchdog)
dies 11000 hit STOP
((gone_ms >= 9000)) || fail "the watchdog came after $gone_ms ms already"
check test "$(events watchdog)" = $((before + 1))
row "hangs (SIGSTOP)" "held until the watchdog: $gone_ms ms" "as kill -9; the heartbeat had stood still at once" "$back_ms ms"

step "it gets no memory any more"
size=$(sed -n 's/^VmSize:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$daemon_pid/status")
prlimit --pid "$daemon_pid" --as=$((size * 1024))
pull btv_allow_to_charge open
floats_within 100 charge_disconnect
ask_bus --dest="$service" / com.victronenergy.BusItem.GetItems >/run/log/items || true
pause 2
if kill -0 "$daemon_pid" 2>/dev/null; then after="it works on" && hit KILL; else after="it is started again"; fi
close_loops
both_within 30000 high
all_up
row "no memory to be had, in the middle of it a high cell" "ChargeDisconnect released: $took_off ms" "$after" "as kill -9"

step "killed while the state is being written on a card that hangs"
mkfifo /run/state/memory.json.new
pull btv_allow_to_charge open # the Multi's charger is limited: a debt that is stored at once
within 2 is charge_disconnect floating
seldom 30 multi bulk_current_a 5
check is load_disconnect high
hit KILL
floats_within 50 load_disconnect
rm /run/state/memory.json.new
close_loops
all_up
row "kill -9 while the state is being written, and the card hangs" "released: $took_off ms" "started again when the writer is gone (10 s)" "all permitted"

step "a planned restart"
hit USR2
both_within 50 floating
both_within 5000 high
((took <= 600)) || fail "off for $took ms: more than a debounce (500 ms) and 100 ms"
says "planned restart: the last run"
says "outputs are back: loads were off for 0.5"
row "planned restart (systemctl reload, SIGUSR2)" "released" "the same process, the new program" "all permitted after $took ms"
all_up

step "a planned restart with a configuration that is wrong"
cp /run/config.json /run/good.json
echo '{' >/run/config.json
hit USR2
holds 2 both high
says "not restarted"
cp /run/good.json /run/config.json
row "the same, with a wrong configuration" held "it goes on, and says so" "-"

step "a stop and a start, as systemctl restart does it"
stop supervisor
both_within 50 floating
: >/run/log/supervisor
supervise
says "after a planned stop: the last run"
gap=$(sed -n 's/.*loads were off for \([0-9.]*\) s.*/\1/p' /run/log/supervisor)
row "stop, start (systemctl restart)" "released" "the Multi left charger-only, 5 A" "loads permitted after $gap s"

step "the message bus goes, and comes back"
stop dbus KILL
holds 5 both high
pull btv_allow_to_charge open
floats_within 100 charge_disconnect
close_loops
both_within 10000 high
rm /run/bus
start_bus
seldom 60 service_up
row "the message bus is gone" "held; a high cell still releases ($took_off ms)" "asked for again" "the service is back with the bus"

step "the serial adapter is unplugged, and plugged in again"
stop multiplus KILL
holds 15 both high
seldom 10 item /Connected 0
start_multiplus
seldom 60 item /Connected 1
check both high
row "the serial adapter is unplugged" held "/Connected 0 within 15 s" "controlled again when it is back"

step "the inputs' chip is gone, and comes back"
unplug battery
both_within 1100 floating
gone_ms=$took
plug battery btv_allow_to_charge btv_allow_to_discharge btv_pre_alarm remote_on
close_loops
both_within 60000 high
row "the inputs' GPIO chip is gone" "released: $gone_ms ms" "asked for again, with growing pauses" "all permitted $took ms after it is back"

step "the outputs' chip is gone, and comes back"
unplug outputs
pause 5
check item /Bms/AllowToCharge 0
plug outputs load_disconnect charge_disconnect pre_alarm heartbeat
check both floating
both_within 60000 high
row "the outputs' GPIO chip is gone" "gone with it" "DVCC and the Multi are told to stop" "all permitted $took ms after it is back"

step "the wall clock jumps within the 30 s of a low cell"
pull btv_allow_to_discharge open
now_ms
opened=$now
pause 10
date -s '-1 day' >/dev/null
pause 10
date -s '+2 years' >/dev/null
within 20 is load_disconnect floating
now_ms
((now - opened >= 30000 && now - opened <= 30200)) || fail "loads went off after $((now - opened)) ms"
row "the wall clock is set back a day, then two years on" "held; a low cell releases after $((now - opened)) ms" "-" "-"

step "the latch of that low cell survives a full disk"
seldom 5 latch_is_stored
close_loops
restart_loads
seldom 320 both high
seldom 90 no_latch_is_stored # at most one write a minute
dd if=/dev/zero of=/run/state/rubbish bs=1k 2>/dev/null || true
pull btv_allow_to_discharge open
within 31 is load_disconnect floating
check is charge_disconnect high
seldom 5 has_said "cannot write /run/state/memory.json"
close_loops
holds 10 is load_disconnect floating
rm /run/state/rubbish
seldom 90 latch_is_stored
hit KILL
within 10 is charge_disconnect high
holds 10 is load_disconnect floating
restart_loads
seldom 320 both high
row "the disk is full" "as decided: a low cell releases, and only a person restarts" "a warning; stored when there is room again" "loads stay off until the person's word"
print_rows
step "done"
