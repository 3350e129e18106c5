#!/bin/sh
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: post-hook.sh success|extraction-failed       Venus OS runs this after it has unpacked the archive into /data
new=/data/vebus-bms.new
result=/run/vebus-bms-install.txt

install_it() {
    if [ "$1" != success ] || [ ! -e $new/setup ]; then
        rm -rf $new
        echo "vebus-bms: the archive could not be unpacked: it is damaged, or /data is full. Nothing was changed."
        return 1
    fi
    sh $new/setup install || return 1
    # An owner without a login brings the configuration on the stick. One that is there is never overwritten.
    for given in /media/*/vebus-bms.json; do
        if [ ! -e "$given" ] || [ -e /data/vebus-bms/config.json ]; then continue; fi
        cp "$given" /data/vebus-bms/config.json.new && mv /data/vebus-bms/config.json.new /data/vebus-bms/config.json
        sh /data/vebus-bms/setup start || return 1
    done
}

install_it "$1" >$result 2>&1
verdict=$?
cat $result
for stick in /media/*; do
    if ls "$stick"/venus-data* >/dev/null 2>&1; then cp $result "$stick/vebus-bms-result.txt" 2>/dev/null; fi
done
exit $verdict
