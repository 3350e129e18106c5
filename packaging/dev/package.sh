# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# ./dev package: see packaging/README.md. The caller has sourced setup.sh and set jobs.

# The figure of systemd-analyze security, from 0.0 (nothing it may do) to 10.0, that the unit must stay below.
exposure_limit=1.5

# package_one ARCH: its packages and SBOM into build/package, and lintian's verdict.
package_one() {
    export jobs
    packaging/debian/package.sh "$1"
    lintian --allow-root --fail-on error,warning,info build/package/*_"$1".deb
    echo "package: lintian has nothing to say"
}

# package_twice ARCH: a clone in a folder of another name, without ccache, must give the same bytes.
package_twice() {
    local elsewhere deb
    elsewhere=$(mktemp -d)
    export jobs
    packaging/debian/package.sh "$1"
    git_files | xargs -0 cp --parents -t "$elsewhere"
    cp -r "$(git rev-parse --git-common-dir)" "$elsewhere/.git"
    git -C "$elsewhere" update-ref --no-deref HEAD "$(git rev-parse HEAD)"
    git -C "$elsewhere" reset --quiet
    CCACHE_DISABLE=1 "$elsewhere/packaging/debian/package.sh" "$1"
    for deb in build/package/*_"$1".*; do
        cmp "$deb" "$elsewhere/$deb" || die "$deb differs between two builds: both are kept, the other one in $elsewhere"
    done
    rm -rf "$elsewhere"
    echo "package: built twice, the same bytes"
}

# check_unit: what CI looks at each time.
check_unit() {
    local figure passed=0
    figure=$(systemd-analyze security --offline=true systemd/vebus-bmsd.service |
        sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
    echo "security exposure of vebus-bmsd.service: ${figure:-not known} (limit $exposure_limit)"
    if awk -v figure="${figure:-99}" -v limit="$exposure_limit" 'BEGIN {exit !(figure <= limit)}'; then passed=1; fi
    echo "packaging: $passed passed, $((1 - passed)) failed, 0 skipped (0 s)"
    [ $passed = 1 ]
}

# package_tier packages|systemd|venus|venus-old: builds what this commit ships, and tests it installed.
package_tier() {
    local arch
    arch=$(dpkg --print-architecture)
    export jobs
    case $1 in
    venus) packaging/venus/bundle.sh "$arch" ;;
    venus-old) packaging/venus/bundle.sh "$arch" --with-loader ;;
    *) packaging/debian/package.sh "$arch" ;;
    esac
    if [ "$1" = packages ]; then tests/packaging/run.sh; else tests/packaging/run.sh "$1"; fi
}

run_package() { # run_package [ARCH | twice [ARCH] | venus [ARCH [--with-loader]] | check | test [systemd | venus] [NAME...]]
    local arch=${1:-amd64} compiler=()
    [ "$arch" != twice ] || arch=${2:-amd64}
    [ "$arch" != venus ] || arch=${2:-armhf}
    [ "$arch" = "$(dpkg --print-architecture)" ] || compiler=("package_$arch")
    case ${1:-amd64} in
    check)
        need unit
        check_unit
        ;;
    test)
        need package_test
        tests/packaging/run.sh "${@:2}"
        ;;
    twice)
        need package "${compiler[@]}"
        package_twice "$arch"
        ;;
    venus)
        need package "${compiler[@]}"
        export jobs
        packaging/venus/bundle.sh "$arch" "${@:3}"
        ;;
    amd64 | arm64 | armhf)
        need package "${compiler[@]}"
        package_one "$arch"
        ;;
    *) die "there is no package '$1'; there are amd64, arm64, armhf, venus, twice, check and test" ;;
    esac
}
