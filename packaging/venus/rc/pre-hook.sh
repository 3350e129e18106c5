#!/bin/sh
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Venus OS runs this from the archive on the stick before it unpacks it into /data; a failure means: do not unpack. So what can be
# known before is asked here, and a stick that stays in does not install the same version at each start.
about() { sed -n "s/^$1=//p" "$(dirname "$0")/about"; }
installed=/data/vebus-bms/program

# refuse WORDS: on the stick too, since nobody sees this machine's log.
refuse() {
    echo "vebus-bms: $*"
    for stick in /media/*; do
        ls "$stick"/venus-data* >/dev/null 2>&1 && echo "vebus-bms: $*" 2>/dev/null >"$stick/vebus-bms-result.txt"
    done
    exit 1
}

waiting_config() {
    [ ! -e /data/vebus-bms/config.json ] || return 1
    for stick in /media/*; do [ ! -e "$stick/vebus-bms.json" ] || return 0; done
    return 1
}

if [ -e "$installed/about" ] && cmp -s "$(dirname "$0")/about" "$installed/about" && ! waiting_config &&
    (cd "$installed" && sha256sum -c MANIFEST >/dev/null 2>&1); then
    refuse "$(about version) is installed already. The stick can be taken out."
fi
[ -r /opt/victronenergy/version ] || refuse "this is no Venus OS. Nothing was changed."
if [ "$(about with_loader)" = no ] && [ ! -e "$(about loader)" ]; then
    refuse "this bundle is for $(about architecture), which this machine ($(uname -m)) is not. Nothing was changed."
fi
free=$(df -kP /data | awk 'END {print $(NF - 2)}')
if [ "${free:-0}" -lt "$(about needs_kb)" ]; then
    refuse "/data has $free kB free, $(about needs_kb) kB are needed. Nothing was changed."
fi
rm -rf /data/vebus-bms.new
