#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# build-uml.sh FOLDER: leaves FOLDER/linux, a user-mode Linux kernel with gpio-sim made from Debian's
# linux-source-6.1. About 3 minutes once; kept as long as source version, uml.config and compiler are the same.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build-uml.sh FOLDER}
archive=/usr/src/linux-source-6.1.tar.xz
[ -f "$archive" ] || {
    echo "hil: $archive is missing; apt-get install linux-source-6.1 (Debian 12)" >&2
    exit 2
}

mkdir -p "$out"
# Two runs on one machine (a person's and the CI's) may share the folder: the second waits, then finds it built.
exec 9>"$out/lock"
flock 9

key=$({
    dpkg-query -W -f '${Version}' linux-source-6.1
    cat "$here/uml.config"
    gcc -dumpfullversion
} | sha256sum | cut -c1-16)
if [ ! -x "$out/linux-$key" ]; then
    echo "hil: building the guest kernel into $out (about 3 minutes, once)"
    source=$(mktemp -d "$out/source.XXXX")
    trap 'rm -rf "$source"' EXIT
    tar -x -f "$archive" -C "$source" --strip-components=1
    um=(make -s -C "$source" ARCH=um O="$source/o")
    KCONFIG_ALLCONFIG="$here/uml.config" "${um[@]}" allnoconfig >/dev/null
    for option in GPIO_SIM PCI_MSI HOSTFS UML_TIME_TRAVEL_SUPPORT; do
        grep -q "^CONFIG_$option=y" "$source/o/.config" || {
            echo "hil: CONFIG_$option did not take effect; see tests/hil/uml.config" >&2
            exit 1
        }
    done
    "${um[@]}" -j"$(nproc)" linux >"$out/build.log" 2>&1 || {
        tail -n 20 "$out/build.log" >&2
        exit 1
    }
    mv "$source/o/linux" "$out/linux-$key"
fi
ln -sfn "linux-$key" "$out/linux"
