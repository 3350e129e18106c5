#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# trixie.sh [SCENARIO...]: the same scenarios with what Debian 13 has: its compiler, libgpiod 2, sdbus-c++ 2, dbus-daemon. Builds in a
# root of Debian 13 (kept in the cache), runs its fast tests there, and boots the guest kernel on that root. As root. Exit 0: passed.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/dev/setup.sh
. packaging/cross/target.sh

[ "$EUID" = 0 ] || die "a root of Debian 13 is made and entered, which only root may do: sudo ./dev hil trixie"
# What happens to mounts stays in here, and ends with it.
if [ "${BMS_HIL_UNSHARED:-}" != 1 ]; then BMS_HIL_UNSHARED=1 exec unshare --mount --propagation private "$0" "$@"; fi

scenarios=("$@")
[ $# != 0 ] || scenarios=(contract main-job)
jobs=${jobs:-$(nproc)}
started=$SECONDS
include=g++,cmake,ninja-build,pkg-config,ccache,libboost-dev,libsdbus-c++-dev,libsystemd-dev,libspdlog-dev,nlohmann-json3-dev,libgpiod-dev
include+=,libgtest-dev,libgmock-dev,dbus-daemon,dbus-bin,gpiod,procps,perl
root=$bms_cache/root-trixie-$(sha256sum <<<"$include" | cut -c 1-8)
build=$PWD/build/trixie
programs=(vebus-bmsd vebus-bmsctl vebus-bms-sim vebus-bms-storm vebus-bms-proofgen bms_contract_tests)
tests=(bms_unit_tests bms_scenario_tests)

mkdir -p "$bms_cache" "$build" "$bms_cache/ccache-trixie"
if [ ! -d "$root" ]; then
    say "hil: making a root of Debian 13 with its compiler (about 3 minutes, once)"
    rm -rf "$root.part"
    mmdebstrap --quiet --variant=minbase --include="$include" trixie "$root.part" >&2
    mv "$root.part" "$root"
fi
mkdir -p "$root$PWD" "$root/ccache"
mount --bind "$PWD" "$root$PWD"
mount --bind "$bms_cache/ccache-trixie" "$root/ccache"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

in_root() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C CCACHE_DIR=/ccache CCACHE_BASEDIR="$PWD" CCACHE_NOHASHDIR=1 \
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime chroot "$root" "$@" </dev/null
}

in_root cmake -S "$PWD" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_COMPILER_LAUNCHER=ccache >"$build/configure.log" 2>&1 ||
    { cat "$build/configure.log" && die "cmake could not configure $build"; }
in_root cmake --build "$build" -j "$jobs" --target "${programs[@]}" "${tests[@]}"
in_root sh -c 'g++ --version | head -n 1; dpkg-query -W libgpiod-dev libsdbus-c++-dev libspdlog-dev nlohmann-json3-dev'
for name in "${tests[@]}"; do
    in_root "$build/tests/$name" --gtest_brief=1 | tail -n 1
done
verdict=0
for scenario in "${scenarios[@]}"; do
    BMS_BUILD=$build BMS_HIL_ROOT=$root tests/hil/run-uml.sh "$scenario" || verdict=1
done
[ $verdict = 0 ] && echo "hil trixie: passed ($((SECONDS - started)) s)"
