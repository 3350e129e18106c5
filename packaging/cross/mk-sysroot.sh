#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: packaging/cross/mk-sysroot.sh SUITE ARCH FOLDER PACKAGE...
#
# Unpacks Debian packages, with all that they depend on, into FOLDER. Needs no root and installs nothing on this machine: a
# private apt root does the solving, so that no foreign architecture has to be added here. Good as a compiler's sysroot and
# as what qemu-user -L wants. var/lib/dpkg in it answers dpkg-shlibdeps --admindir, with FOLDER before each path.
set -euo pipefail
suite=$1 arch=$2 folder=$3
shift 3
part=$folder.part
apt=$part/.apt
info=$part/var/lib/dpkg/info

private_apt() {
    local key=/usr/share/keyrings/debian-archive-keyring.gpg mirror
    # The mirror that this machine itself uses.
    mirror=${DEBIAN_MIRROR:-$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v '^#' |
        grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 || true)}
    mirror=${mirror// /}
    [ -n "$mirror" ] || { echo "mk-sysroot: no Debian mirror stands in /etc/apt; name one in DEBIAN_MIRROR" >&2 && exit 2; }
    mkdir -p "$apt"/etc/apt/{apt.conf.d,preferences.d,sources.list.d} "$apt"/var/lib/{dpkg,apt/lists/partial} \
        "$apt/var/cache/apt/archives/partial"
    : >"$apt/var/lib/dpkg/status"
    echo "deb [signed-by=$key] $mirror $suite main" >"$apt/etc/apt/sources.list"
    cat >"$apt/apt.conf" <<CONF
Dir "$apt";
Dir::State::status "$apt/var/lib/dpkg/status";
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
CONF
    export APT_CONFIG=$apt/apt.conf
}

# register DEB: what dpkg -i would have written down of it. Its files are also listed where a merged /usr shows them.
register() {
    local name control
    name=$(dpkg-deb -f "$1" Package):$arch
    control=$part/.control
    dpkg-deb -e "$1" "$control"
    for kind in symbols shlibs; do
        [ ! -f "$control/$kind" ] || cp "$control/$kind" "$info/$name.$kind"
    done
    { cat "$control/control" && printf 'Status: install ok installed\n\n'; } >>"$part/var/lib/dpkg/status"
    dpkg-deb --fsys-tarfile "$1" | tar -t -f - | sed -n "s|^\./\(.*[^/]\)\$|$folder/\1|p" |
        sed "p; s|^$folder/lib/|$folder/usr/lib/|" | sort -u >"$info/$name.list"
    rm -rf "$control"
}

rm -rf "$part"
mkdir -p "$part"
private_apt
apt-get -qq update
apt-get -qq -y --download-only install "$@" >/dev/null
mkdir -p "$info"
echo 1 >"$info/format"
# A merged /usr, so that the loader and absolute links are found.
for each in bin sbin lib; do mkdir -p "$part/usr/$each" && ln -sfn "usr/$each" "$part/$each"; done
for each in "$apt"/var/cache/apt/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$each" | tar -x -C "$part" --keep-directory-symlink --no-same-owner -f -
    register "$each"
done
rm -rf "$apt"
mv -T "$part" "$folder"
echo "mk-sysroot: $suite $arch, $(find "$folder/var/lib/dpkg/info" -name '*.list' | wc -l) packages, $(du -sh "$folder" | cut -f1)" >&2
