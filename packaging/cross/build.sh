# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Builds what a package ships, for any of the architectures. The caller has sourced target.sh and set jobs.

# What Debian's own packages are hardened with. Paths of this machine stay out: the same commit gives the same bytes anywhere.
release_flags() { # release_flags SYSROOT
    echo "-O2 -DNDEBUG -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -Wno-psabi -ffile-prefix-map=$PWD=. -ffile-prefix-map=$1="
}

# configure_for ARCH BUILD-FOLDER CMAKE-OPTION...
# shellcheck disable=SC2154 # target_of sets them
configure_for() {
    local folder=$2 sysroot launcher=()
    target_of "$1"
    sysroot=$(sysroot_of "$arch")
    shift 2
    if [ "${CCACHE_DISABLE:-0}" != 1 ] && command -v ccache >/dev/null; then
        launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    fi
    mkdir -p "$folder"
    cmake -S . -B "$folder" -G Ninja "${launcher[@]}" -DCMAKE_TOOLCHAIN_FILE=packaging/cross/debian.cmake -DBMS_SYSROOT="$sysroot" \
        -DBMS_TRIPLE="$triple" -DBMS_PROCESSOR="$processor" -DBMS_EMULATOR="$emulator" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_CXX_FLAGS_RELEASE="$(release_flags "$sysroot")" -DCMAKE_EXE_LINKER_FLAGS="-pie -Wl,-z,relro,-z,now" "$@" \
        >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log" && die "cmake could not configure $folder"; }
}

# build_release ARCH FOLDER: the daemon without simulators in FOLDER/ship, the simulators in FOLDER/sim.
build_release() {
    configure_for "$1" "$2/ship" -DBMS_WITH_SIM=OFF -DBUILD_TESTING=OFF
    cmake --build "$2/ship" -j "${jobs:?}" --target vebus-bmsd vebus-bmsctl vebus-bms-replay
    configure_for "$1" "$2/sim" -DBMS_WITH_SIM=ON -DBUILD_TESTING=OFF
    cmake --build "$2/sim" -j "${jobs:?}" --target vebus-bmsd vebus-bms-sim
}
