#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# qemu.sh arm64: the daemon as it is packaged for that architecture, on Debian's own kernel for it, in QEMU. Its lines are a
# PL061's, whose pins the host drives and watches; its serial port is the terminal of a simulated Multi. In real time. Exit 0: passed.
#   BMS_HIL_DAEMON   a daemon that is built already
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/dev/setup.sh
. packaging/cross/target.sh
. packaging/cross/build.sh

arch=${1:?usage: qemu.sh arm64}
jobs=${jobs:-$(nproc)}
started=$SECONDS
case $arch in
arm64) image=linux-image-arm64 ;;
*) die "there is no QEMU tier for '$arch'; there is arm64" ;;
esac

# Debian's kernel and a shell of that architecture: only unpacked, nothing of it runs here.
guest_files() {
    local folder=$bms_cache/qemu-bookworm-$arch whole
    (
        flock 9
        [ ! -e "$folder/kernel" ] || exit 0
        echo "hil: getting Debian's kernel for $arch (about 2 minutes, once)" >&2
        whole=$(mktemp -d "$bms_cache/qemu.XXXX")
        trap 'rm -rf "$whole"' EXIT
        mmdebstrap --quiet --variant=extract --architectures="$arch" --include="busybox-static,$image" bookworm "$whole/root" >&2
        mkdir -p "$folder"
        cp "$whole"/root/bin/busybox "$folder/busybox"
        cp "$whole"/root/boot/vmlinuz-* "$folder/kernel.part"
        mv "$folder/kernel.part" "$folder/kernel"
    ) 9>"$bms_cache/qemu-$arch.lock"
    echo "$folder"
}

mkdir -p "$bms_cache"
files=$(guest_files)
build=build/qemu/$arch
daemon=${BMS_HIL_DAEMON:-$build/src/app/vebus-bmsd}
if [ -z "${BMS_HIL_DAEMON:-}" ]; then
    configure_for "$arch" "$build" -DBMS_WITH_SIM=OFF -DBUILD_TESTING=OFF
    cmake --build "$build" -j "$jobs" --target vebus-bmsd
fi
mkdir -p "$build"
python3 tests/hil/qemu/initramfs.py "$build/initrd" "$(sysroot_of "$arch")" init=tests/hil/qemu/init.sh bin/busybox="$files/busybox" \
    bin/vebus-bmsd="$daemon" config.json=tests/hil/qemu/config.json
if python3 tests/hil/qemu/main_job.py "$arch" "$files/kernel" "$build/initrd" build/dev/src/sim/vebus-bms-sim; then
    echo "hil qemu-$arch: passed ($((SECONDS - started)) s)"
else
    exit 1
fi
