# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# A counter-example of the walk, played on the whole daemon: the shortest scripts to things that are said never to come, as
# the walk prints them. The daemon must show at every stage what the core gave; a stage made false must be found.

step "the walk writes its scripts"
write_storm_config '"pre_alarm_release_s": 20, "reconnect_delay_s": 10, "charge_reconnect_delay_s": 10'
"$HIL_BUILD/tests/vebus-bms-proofgen" --scripts /run || fail "no scripts"

# A chip that is back is held again 2 s later, a simulated board at once.
sed -i 's/within 1500ms/within 4s/' /run/script-lost-line.txt

for script in /run/script-*.txt; do
    step "$(head -n 1 "$script")"
    storm walk "$script"
done

step "what the core does not give is found"
sed 's/charge_disconnect high/charge_disconnect floating/' /run/script-low-cell.txt >/run/wrong.txt
if vebus_bms_storm walk /run/wrong.txt; then fail "a false stage was not found"; fi
step "done"
