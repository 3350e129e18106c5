# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# The manual's five systems with the real daemon, each through a story of its world (tests/soak/README.md), in virtual time: waiting
# costs nothing, and a crowded machine cannot make a frame late. BMS_STORY: a_cable_break when none is named.
story=${HIL_STORY:-a_cable_break}
TMPDIR=/run BMS_BUILD=$HIL_BUILD "${here:?}/../soak/examples.sh" "${story//_/ }" >/run/log/examples 2>&1 ||
    { echo "HIL-FAIL: not all that the story expects came true" >/run/verdict && exit 1; }
while read -r line; do step "$line"; done </run/log/examples
