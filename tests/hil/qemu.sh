#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# qemu.sh arm64|armhf: the daemon out of the package for that architecture (which is built when this commit has none yet), on Debian's
# own kernel for it, in QEMU. Its lines are a PL061's, whose pins the host drives and watches; its serial port is the terminal of a
# simulated Multi. In real time. Exit 0: passed.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/dev/setup.sh
. packaging/cross/target.sh
. packaging/debian/version.sh

arch=${1:?usage: qemu.sh arm64|armhf}
export jobs=${jobs:-$(nproc)}
started=$SECONDS
case $arch in
arm64) image=linux-image-arm64 ;;
armhf) image=linux-image-armmp ;;
*) die "there is no QEMU tier for '$arch'; there are arm64 and armhf" ;;
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
        # The main archive alone: what is shown is no matter of the latest updates.
        mmdebstrap --quiet --variant=extract --architectures="$arch" --include="busybox-static,$image" bookworm "$whole/root" \
            "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >&2
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
package=build/package/vebus-bms_${version}_$arch.deb
case $([ -f "$package" ] && echo "$version") in '' | *+dirty*) packaging/debian/package.sh "$arch" ;; esac
rm -rf "$build"
mkdir -p "$build"
dpkg-deb -x "$package" "$build/package"
python3 tests/hil/qemu/initramfs.py "$build/initrd" "$(sysroot_of "$arch")" init=tests/hil/qemu/init.sh bin/busybox="$files/busybox" \
    bin/vebus-bmsd="$build/package/usr/bin/vebus-bmsd" config.json=tests/hil/qemu/config.json
if python3 tests/hil/qemu/main_job.py "$arch" "$files/kernel" "$build/initrd" build/dev/src/sim/vebus-bms-sim; then
    echo "hil qemu-$arch: passed ($((SECONDS - started)) s)"
else
    exit 1
fi
