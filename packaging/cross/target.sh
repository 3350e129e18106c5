# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# What is built for: one place that knows the three architectures. Everything big is kept in $bms_cache.

bms_cache=${BMS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vebus-bms}

# target_of ARCH: sets arch, triple, processor and emulator (empty where this machine runs its programs itself).
# shellcheck disable=SC2034 # for those who source this
target_of() {
    arch=$1 emulator=
    case $arch in
    amd64) triple=x86_64-linux-gnu processor=x86_64 emulator=qemu-x86_64-static ;;
    arm64) triple=aarch64-linux-gnu processor=aarch64 emulator=qemu-aarch64-static ;;
    armhf) triple=arm-linux-gnueabihf processor=armv7l emulator=qemu-arm-static ;;
    *) die "there is no architecture '$arch'; there are amd64, arm64 and armhf" ;;
    esac
    [ "$arch" != "$(dpkg --print-architecture)" ] || emulator=
}

# The packages of a sysroot: what the programs are compiled and linked against, and what their tests need.
sysroot_packages=(libstdc++-12-dev libc6-dev libboost-dev libsdbus-c++-dev libsystemd-dev libspdlog-dev nlohmann-json3-dev
    libgpiod-dev libgtest-dev libgmock-dev)

# sysroot_of ARCH: prints its folder; makes it when it is missing or was made by other rules.
sysroot_of() {
    local hash folder
    hash=$({ cat packaging/cross/mk-sysroot.sh && echo "${sysroot_packages[@]}"; } | sha256sum | cut -c 1-12)
    folder=$bms_cache/sysroot-bookworm-$1-$hash
    mkdir -p "$bms_cache"
    (
        flock 9
        [ -d "$folder" ] || packaging/cross/mk-sysroot.sh bookworm "$1" "$folder" "${sysroot_packages[@]}" >&2
    ) 9>"$bms_cache/sysroot-$1.lock"
    echo "$folder"
}
