# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Set-up for ./dev: which Debian packages a command needs, and getting those that are missing.
#   BMS_SKIP_INSTALL=1  check and install nothing
#   BMS_DRY_RUN=1       say what would be installed, and stop

packages_for() { # packages_for TOPIC: one a line
    case $1 in
    build)
        printf '%s\n' g++ cmake ninja-build pkg-config libboost-dev libsdbus-c++-dev libsystemd-dev libspdlog-dev \
            nlohmann-json3-dev libgpiod-dev libgtest-dev libgmock-dev dbus-daemon dbus-bin
        ;;
    bench) printf '%s\n' strace python3-dbus python3-gi ;;
    clang) echo clang ;;
    coverage) printf '%s\n' clang llvm libclang-rt-dev python3 ;;
    mutate) echo python3 ;;
    sanitize) printf '%s\n' clang libclang-rt-dev ;;
    format) echo clang-format ;;
    tidy) printf '%s\n' clang-tidy shellcheck ;;
    hil) printf '%s\n' linux-source-6.1 flex bison bc xz-utils make gpiod ;;
    qemu) printf '%s\n' qemu-system-arm device-tree-compiler mmdebstrap debian-archive-keyring binutils python3 ;;
    unit) echo systemd ;;
    package) printf '%s\n' cmake ninja-build pkg-config dpkg-dev binutils lintian python3 git debian-archive-keyring g++ ;;
    package_amd64) echo g++-x86-64-linux-gnu ;;
    package_arm64) echo g++-aarch64-linux-gnu ;;
    package_armhf) echo g++-arm-linux-gnueabihf ;;
    package_test) printf '%s\n' mmdebstrap debian-archive-keyring systemd-container procps ;;
    cross) printf '%s\n' cmake ninja-build pkg-config git debian-archive-keyring qemu-user-static ;;
    *) die "no list of packages for '$1'" ;;
    esac
}

say() { echo "dev: $*" >&2; }
die() {
    say "$*"
    exit 2
}

check_system() {
    local ID='' VERSION_ID='' PRETTY_NAME='this system'
    # shellcheck source=/dev/null
    [ ! -r /etc/os-release ] || . /etc/os-release
    case $ID:$VERSION_ID in
    debian:12) ;;
    debian:13 | raspbian:12 | raspbian:13) say "$PRETTY_NAME: supported, but less often tested than Debian 12" ;;
    *)
        die "$PRETTY_NAME is not supported; Debian 12 and 13 and Raspberry Pi OS of the same age are." \
            "To try with what is installed: BMS_SKIP_INSTALL=1 ./dev ..."
        ;;
    esac
}

missing_of() { # missing_of PACKAGE...: those not installed
    local installed package
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for package; do
        grep -qxF "$package installed" <<<"$installed" || echo "$package"
    done
}

as_root() {
    if [ "$EUID" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@" # may ask for the password, as it always does
    else
        sudo -n "$@"
    fi
}

# need TOPIC...: installs what is missing. With nothing missing it touches no network.
need() {
    local topic wanted missing apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q)
    [ "${BMS_SKIP_INSTALL:-0}" = 0 ] || return 0
    check_system
    mapfile -t wanted < <(for topic; do packages_for "$topic"; done)
    mapfile -t missing < <(missing_of "${wanted[@]}")
    if [ ${#missing[@]} = 0 ]; then
        [ "${BMS_DRY_RUN:-0}" = 0 ] || { say "nothing to install for: $*" && exit 0; }
        return 0
    fi
    say "these Debian packages, needed for $*, are not installed: ${missing[*]}"
    [ "${BMS_DRY_RUN:-0}" = 0 ] || exit 0
    if [ "$EUID" != 0 ] && ! command -v sudo >/dev/null; then
        die "you are not root and there is no sudo. As root: apt-get install ${missing[*]}"
    fi
    as_root "${apt[@]}" update >&2 || say "the package lists could not be refreshed; trying with those there are"
    as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2 ||
        die "the packages could not be installed (see above). By hand: apt-get install ${missing[*]}"
}
