# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# A Debian root of its own for each test: an overlay over one that is made once and kept. Nothing of it is ever installed here.

root=${work:?}/root

# base_root [PACKAGE,...]: prints the folder with what each test starts from, with the libraries that our packages need already in it.
base_root() {
    local include=dbus,systemd,udev,libsdbus-c++1,libgpiod2,libspdlog1.10,libsystemd0${1:+,$1} tar
    tar=${bms_cache:?}/root-bookworm-$(dpkg --print-architecture)-$(sha256sum <<<"$include" | cut -c 1-8).tar
    if [ ! -f "$tar" ]; then
        mkdir -p "$bms_cache"
        mmdebstrap --quiet --variant=minbase --format=tar --include="$include" bookworm "$tar.part" >&2
        mv "$tar.part" "$tar"
    fi
    mkdir "$work/base"
    tar -x -C "$work/base" --exclude=./dev -f "$tar"
    mkdir "$work/base/dev"
    echo "$work/base"
}

# new_root [SIZE]: SIZE, as 2M, is all that can be written into it.
new_root() {
    mkdir -p "$work/layer" "$root"
    : >"$work/service.log"
    mount -t tmpfs -o "size=${1:-200M}" bms-packaging "$work/layer"
    mkdir "$work/layer/upper" "$work/layer/work"
    mount -t overlay -o "lowerdir=${base:?},upperdir=$work/layer/upper,workdir=$work/layer/work" bms-packaging "$root"
    mount -t tmpfs -o size=64M bms-packaging "$root/dev"
    mknod -m 0666 "$root/dev/null" c 1 3
    mknod -m 0666 "$root/dev/urandom" c 1 9
    mkdir "$root/dev/pts"
    mount --bind /dev/pts "$root/dev/pts"
    mknod -m 0666 "$root/dev/ptmx" c 5 2
    mount -t proc proc "$root/proc"
}

# drop_root: ends what a test started in the root, and that alone.
drop_root() {
    local pid each
    [ -d "$root" ] || return 0
    for pid in /proc/[0-9]*; do
        if [ "$(readlink "$pid/root")" = "$root" ]; then kill -KILL "${pid#/proc/}" 2>/dev/null || true; fi
    done
    for each in "$root/data" "$root/proc" "$root/dev/pts" "$root/dev" "$root" "$work/layer"; do
        if mountpoint -q "$each"; then umount "$each" 2>/dev/null || umount -l "$each"; fi
    done
}

in_root() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive chroot "$root" "$@" </dev/null; }

deb_of() { # deb_of NAME: its path in the root, where it is put
    local deb=("$packages/${1}_"*"_$(dpkg --print-architecture).deb")
    [ -f "${deb[0]}" ] || { echo "there is no package $1: ./dev package" >&2 && return 1; }
    cp "${deb[0]}" "$root/dev/$1.deb"
    echo "/dev/$1.deb"
}

install_deb() { in_root dpkg -i "$(deb_of "$1")"; }

# changed_deb NAME SCRIPT: the package once more, after SCRIPT has changed it: it runs in the unpacked folder.
changed_deb() {
    local folder=$work/changed
    rm -rf "$folder"
    deb_of "$1" >/dev/null
    dpkg-deb -R "$root/dev/$1.deb" "$folder"
    (cd "$folder" && eval "$2")
    dpkg-deb --root-owner-group -Znone --build "$folder" "$root/dev/$1-changed.deb" >/dev/null
    echo "/dev/$1-changed.deb"
}

# shellcheck disable=SC2034 # for upgrade_test.sh
newer='sed -i "s/^Version: .*/&+newer/" DEBIAN/control'

# What a package could leave behind: every path, and who there is. Not dpkg's own books.
everything() {
    (cd "$root" && find . -xdev -path ./var/lib/dpkg -prune -o -path ./var/cache/ldconfig -prune -o -path ./var/log -prune \
        -o -path ./tmp -prune -o -print | sort && cut -d: -f1,3 etc/passwd && cut -d: -f1,3,4 etc/group)
}

# shellcheck disable=SC2016 # dpkg expands it
state_of() { in_root dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null || true; }

expect() { # expect WHAT-IT-MEANS COMMAND...
    local meaning=$1
    shift
    "$@" || { echo "not so: $meaning ($*)" && return 1; }
}

refuse() { # refuse WHAT-IT-MEANS COMMAND...
    local meaning=$1
    shift
    if "$@"; then echo "not so: $meaning ($*)" && return 1; fi
}

within() { # within SECONDS COMMAND...: until it succeeds
    local end=$((SECONDS + $1))
    shift
    until "$@" >"$work/within" 2>&1; do
        [ $SECONDS -lt $end ] || { cat "$work/within" "$work/service.log" && echo "did not come: $*" && return 1; }
        sleep 0.1
    done
}
