# shellcheck shell=bash disable=SC2154 # now is set by now_ms
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# The main job, with the real daemon on the real kernel interface: an empty cell takes the loads off after the
# warning, a full cell takes the chargers off at once, and a dead daemon permits nothing.

make_chip battery btv_allow_to_charge btv_allow_to_discharge btv_pre_alarm remote_on
make_chip outputs load_disconnect charge_disconnect pre_alarm led_status led_cell_low led_cell_high
cat >/run/config.json <<'END'
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
    "led_status": {"line": "led_status", "active_level": "high"},
    "led_cell_low": {"line": "led_cell_low", "active_level": "high"},
    "led_cell_high": {"line": "led_cell_high", "active_level": "high"}
  },
  "vebus": {"link": "rs485", "port": "/run/multi.tty"},
  "dbus": {"role": "vebus"},
  "state_directory": "/run/state"
}
END
mkdir /run/state
for loop in btv_allow_to_charge btv_allow_to_discharge btv_pre_alarm; do pull $loop closed; done
pull remote_on high
start_bus
start_multiplus

step "a healthy battery: loads and chargers are allowed"
start_daemon
within 15 is load_disconnect high
within 15 is charge_disconnect high
check is pre_alarm floating
within 15 service_up
within 5 item /Bms/AllowToCharge 1
within 5 item /Bms/AllowToDischarge 1

step "the doctor sees who holds the lines, and takes none"
doctor=$("$HIL_BUILD/src/tool/vebus-bmsctl" doctor --system /run/config.json || true)
[[ $doctor == *"lines: all 10 are held by vebus-bmsd"* ]] || fail "the doctor says: $doctor"
check is load_disconnect high

step "an empty cell: warned at once, loads off after 30 s (M15)"
pull btv_allow_to_discharge open
now_ms
opened=$now
within 1 is pre_alarm high
check item /Bms/AllowToDischarge 1
check is load_disconnect high
within 60 is load_disconnect floating
now_ms
took=$((now - opened))
((took >= 30000 && took <= 31000)) || fail "loads went off after $took ms, not after 30 to 31 s"
within 1 item /Bms/AllowToDischarge 0
within 1 is pre_alarm floating
check is charge_disconnect high
check is led_cell_low floating
within 10 multi mode charger-only

step "the cell recovers: loads back after the reconnect delay"
pull btv_allow_to_discharge closed
holds 5 is load_disconnect floating
within 2 is load_disconnect high
within 1 item /Bms/AllowToDischarge 1
within 15 multi mode on

step "a full cell: chargers off at once, loads stay"
pull btv_allow_to_charge open
within 1 is charge_disconnect floating
within 1 item /Bms/AllowToCharge 0
within 1 is led_cell_high high
check is load_disconnect high
check item /Bms/AllowToDischarge 1
pull btv_allow_to_charge closed
within 7 is charge_disconnect high
within 1 item /Bms/AllowToCharge 1

step "the daemon is killed: nothing is permitted"
stop daemon KILL
within 1 is load_disconnect floating
within 1 is charge_disconnect floating
step "done"
