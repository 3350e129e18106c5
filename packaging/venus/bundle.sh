#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: packaging/venus/bundle.sh ARCH [--with-loader]     for ./dev package venus
#
# The bundle for Venus OS: our programs, all libraries but the C library, and the scripts that keep them alive there, as an archive that
# Venus OS unpacks from a stick. The same commit gives the same bytes.
#   --with-loader  with the C library too: larger, and it starts on a Venus OS whose own is too old
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/dev/setup.sh
. packaging/cross/target.sh
. packaging/cross/build.sh
. packaging/debian/version.sh
target_of "$1"
with_loader=no suffix=
case ${2:-} in
'') ;;
--with-loader) with_loader=yes suffix=-with-loader ;;
*) die "there is no option '$2'; there is --with-loader" ;;
esac
build=$PWD/build/package/$arch
stage=$build/venus-stage
new=$stage/vebus-bms.new
sysroot=$(sysroot_of "$arch")
libraries=$sysroot/usr/lib/$triple
out=$PWD/build/package/venus-data-vebus-bms-$arch$suffix.tar.gz
programs=(vebus-bmsd vebus-bmsctl vebus-bms-replay)
c_library='^(libc|libm|libdl|libpthread|librt|ld-linux.*)\.so\.'

needed() { readelf -d "$@" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' | sort -u; }
loader() { readelf -l "$1" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p'; }

# The highest version of glibc that one of the files asks for.
glibc_of() { objdump -T "$@" | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -n 1 | sed 's/GLIBC_//'; }

# DT_RPATH, not DT_RUNPATH: the second does not hold for the libraries that a library needs.
build_programs() {
    configure_for "$arch" "$build/venus" -DBMS_WITH_SIM=OFF -DBUILD_TESTING=OFF -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON \
        "-DCMAKE_INSTALL_RPATH=\$ORIGIN/../lib" -DCMAKE_EXE_LINKER_FLAGS="-pie -Wl,-z,relro,-z,now,--disable-new-dtags"
    cmake --build "$build/venus" -j "${jobs:?}" --target "${programs[@]}"
}

# copy_libraries FILE...: what they need, and what that needs.
copy_libraries() {
    local todo name
    mapfile -t todo < <(needed "$@")
    while [ ${#todo[@]} -gt 0 ]; do
        name=${todo[0]} todo=("${todo[@]:1}")
        [ ! -e "$new/lib/$name" ] || continue
        if [ $with_loader = no ] && [[ $name =~ $c_library ]]; then continue; fi
        [ -e "$libraries/$name" ] || die "the sysroot has no $name"
        cp -L "$libraries/$name" "$new/lib/$name"
        mapfile -t -O "${#todo[@]}" todo < <(needed "$new/lib/$name")
    done
    chmod 0644 "$new"/lib/*
}

# start_by_loader: bin/NAME becomes a line that starts libexec/NAME by the loader that came with it.
start_by_loader() {
    local name interpreter
    interpreter=$(basename "$(loader "$new/bin/vebus-bmsd")")
    mv "$new/bin" "$new/libexec"
    mkdir "$new/bin"
    cp -L "$libraries/$interpreter" "$new/lib/"
    chmod 0755 "$new/lib/$interpreter"
    for name in "${programs[@]}"; do
        cat >"$new/bin/$name" <<END
#!/bin/sh
here=\$(cd "\$(dirname "\$0")/.." && pwd)
exec "\$here/lib/$interpreter" --library-path "\$here/lib" "\$here/libexec/$name" "\$@"
END
        chmod 0755 "$new/bin/$name"
    done
}

# papers: examples, the guide, and the licences of everything that is in it.
papers() {
    local package
    mkdir -p "$new/share/config/boards" "$new/share/licences"
    cp config/venus-gx.json config/vebus-bmsd.json "$new/share/config/"
    cp config/boards/gx-built-in.json config/boards/raspberry-pi-venus.json "$new/share/config/boards/"
    cp packaging/venus/README.md "$new/share/"
    cp config/README.md "$new/share/configuration.md"
    cp config/keys.md "$new/share/"
    cp LICENSE "$new/share/licences/Apache-2.0"
    cp /usr/share/common-licenses/LGPL-2.1 /usr/share/common-licenses/GPL-3 "$new/share/licences/"
    cp packaging/debian/licences "$new/share/licences/README"
    while read -r package; do
        # 2 MB of text, and its licence asks for none of it beside a compiled program.
        [[ $package != libboost* ]] || continue
        cp -L "$sysroot/usr/share/doc/$package/copyright" "$new/share/licences/$package.copyright"
    done < <(python3 packaging/debian/sbom.py --packages --root "$new" --sysroot "$sysroot" --triple "$triple")
}

collect() {
    rm -rf "$stage"
    mkdir -p "$new/bin" "$new/lib" "$stage/rc"
    cp -R packaging/venus/program/. "$new/"
    cp packaging/venus/rc/*.sh "$stage/rc/"
    cp "$build/venus/src/app/vebus-bmsd" "$build/venus/src/tool/vebus-bmsctl" "$build/venus/src/tool/vebus-bms-replay" "$new/bin/"
    "$triple-strip" --strip-unneeded --remove-section=.comment --remove-section=.note "$new"/bin/*
    copy_libraries "$new"/bin/*
    about >"$new/about"
    [ $with_loader = no ] || start_by_loader
    papers
    echo "$version" >"$new/version"
    cp "$new/about" "$stage/rc/about"
    (cd "$new" && find . -type f | sort | xargs sha256sum >"$stage/MANIFEST" && mv "$stage/MANIFEST" .)
    chmod -R u+rwX,go+rX,go-w "$stage"
}

about() {
    cat <<END
version=$version
architecture=$arch
with_loader=$with_loader
loader=$(loader "$new/bin/vebus-bmsd")
venus=3.60
glibc=$(glibc_of "$new"/bin/* "$new"/lib/*)
needs_kb=$((2 * $(du -k -s --apparent-size "$new" | cut -f1) + 512))
END
}

umask 022
build_programs
collect
# Without "./" before the names: Venus OS asks for the folder rc by that very name.
tar -C "$stage" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=ustar -cf - rc vebus-bms.new |
    gzip -9n >"$out.part"
mv "$out.part" "$out"
python3 packaging/debian/sbom.py --file "$out" --name vebus-bms-venus --version "$version" --arch "$arch" --root "$new" --contains --sysroot "$sysroot" \
    --triple "$triple" >"${out%.tar.gz}.spdx.json"
echo "package: $(basename "$out"), $(du -k --apparent-size "$out" | cut -f1) kB, installed $(du -k -s --apparent-size "$new" | cut -f1) kB," \
    "needs glibc $(sed -n 's/^glibc=//p' "$new/about")$([ $with_loader = no ] || echo ', which it brings')"
