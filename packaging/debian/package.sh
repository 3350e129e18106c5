#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: packaging/debian/package.sh ARCH [BUILD-FOLDER [OUT-FOLDER]]     for ./dev package
#
# Debian packages, and what is in them (SBOM), from a staged `cmake --install`. The same commit gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/dev/setup.sh
. packaging/cross/target.sh
. packaging/cross/build.sh
. packaging/debian/version.sh
target_of "$1"
build=${2:-$PWD/build/package/$arch}
out=${3:-$PWD/build/package}
sysroot=$(sysroot_of "$arch")
here=$PWD/packaging/debian
stage=$build/stage

# depends_of FOLDER: the packages that the programs in it need, in the words of those packages themselves.
depends_of() {
    local programs
    mapfile -t programs < <(find "$1" -type f -perm -u+x -path '*/usr/*' | sort)
    rm -rf "$stage/shlibs"
    mkdir -p "$stage/shlibs/debian"
    printf 'Source: vebus-bms\nMaintainer: x <x@y>\n\nPackage: vebus-bms\nArchitecture: any\n' >"$stage/shlibs/debian/control"
    (cd "$stage/shlibs" && DEB_HOST_ARCH=$arch dpkg-shlibdeps --admindir="$sysroot/var/lib/dpkg" -l"$sysroot/usr/lib/$triple" \
        -l"$sysroot/usr/lib" -O "${programs[@]/#/-e}" 2>"$stage/shlibs/log") | sed 's/^shlibs:Depends=//' ||
        { cat "$stage/shlibs/log" >&2 && return 1; }
}

# install_all NAME CMAKE-FOLDER: what CMake installs for the package, as Debian wants it: stripped, with its papers.
install_all() {
    local root=$stage/$1 doc=$stage/$1/usr/share/doc/$1 each
    rm -rf "$root"
    DESTDIR=$root cmake --install "$2" --prefix /usr --component "$1" >"$build/install-$1.log"
    find "$root/usr" -type f -perm -u+x -exec "$triple-strip" --strip-unneeded --remove-section=.comment --remove-section=.note {} +
    mkdir -p "$doc" "$root/usr/share/lintian/overrides"
    cp "$here/copyright" "$doc/"
    changelog | gzip -9n >"$doc/changelog.Debian.gz"
    find "$root/usr/share/man" -type f -exec gzip -9n {} +
    if [ -f "$here/$1/lintian-overrides" ]; then cp "$here/$1/lintian-overrides" "$root/usr/share/lintian/overrides/$1"; fi
    if [ "$1" = vebus-bms ]; then
        gzip -9n <CHANGELOG.md >"$doc/changelog.gz"
        cp README.md config/keys.md "$doc/"
        cp config/README.md "$doc/configuration.md"
        install -D -m 0644 config/vebus-bmsd.json "$root/etc/vebus-bms/vebus-bmsd.json"
    fi
    rmdir --ignore-fail-on-non-empty "$root/usr/share/lintian/overrides" "$root/usr/share/lintian"
}

# control_of NAME DEPENDS: DEBIAN/ of the package.
control_of() {
    local root=$stage/$1 each
    mkdir -p "$root/DEBIAN"
    for each in preinst postinst prerm postrm; do
        [ ! -f "$here/$1/$each" ] || install -m 0755 "$here/$1/$each" "$root/DEBIAN/"
    done
    if [ -d "$root/etc" ]; then (cd "$root" && find etc -type f | sort | sed 's|^|/|' >DEBIAN/conffiles); fi
    (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    {
        printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: %s\n' "$1" "$version" "$arch" "$maintainer"
        printf 'Installed-Size: %d\nDepends: %s\nPriority: optional\n' "$(du -k -s --apparent-size "$root/usr" | cut -f1)" "$2"
        cat "$here/$1/control"
    } >"$root/DEBIAN/control"
}

# make_deb NAME CMAKE-FOLDER [MORE-DEPENDS]
make_deb() {
    local needs deb=$out/${1}_${version}_$arch.deb
    install_all "$1" "$2"
    needs=$(depends_of "$stage/$1")
    control_of "$1" "$needs${3:+, $3}"
    chmod -R u+rwX,go+rX,go-w "$stage/$1"
    find "$stage/$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group --threads-max=1 -Zxz --build "$stage/$1" "$deb" >/dev/null
    python3 packaging/debian/sbom.py --deb "$deb" --root "$stage/$1" --sysroot "$sysroot" --triple "$triple" >"${deb%.deb}.spdx.json"
    echo "package: $(basename "$deb"), $(du -k --apparent-size "$deb" | cut -f1) kB, installed $(sed -n 's/^Installed-Size: //p' \
        "$stage/$1/DEBIAN/control") kB"
}

umask 022
mkdir -p "$build" "$out"
rm -f "$out"/*_"$arch".deb "$out"/*_"$arch".spdx.json
build_release "$arch" "$build"
make_deb vebus-bms "$build/ship" 'passwd, systemd | systemd-standalone-sysusers | systemd-sysusers'
make_deb vebus-bms-sim "$build/sim"
