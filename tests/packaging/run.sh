#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/packaging/run.sh [NAME...]           for ./dev package test; needs root, and the packages of this architecture
#        tests/packaging/run.sh systemd [NAME...]   the packages on a machine whose process 1 is systemd
#        tests/packaging/run.sh venus [NAME...]     the bundle for Venus OS, in a root like its own
#        tests/packaging/run.sh venus-old [NAME...] the bundle with its own C library, where the system's is too old for our programs
#
# Each test, a function it_* in *_test.sh, has a clean root of its own, which is thrown away after it.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/dev/setup.sh
. packaging/cross/target.sh
[ "$EUID" = 0 ] || die "the packages are installed into a root of their own, which only root may do: sudo ./dev package test"
packages=build/package
work=$(mktemp -d)
mount -t tmpfs -o size=2G bms-packaging "$work"
passed=0 failed=0 skipped=0 started=$SECONDS
figures=$work/figures
: >"$figures"
. tests/packaging/clean_root.sh
case ${1:-} in
venus | venus-old)
    . tests/packaging/venus_root.sh
    . tests/packaging/venus_test.sh
    # shellcheck disable=SC2034 # for venus_root.sh
    archive=$packages/venus-data-vebus-bms-$(dpkg --print-architecture)
    # Debian 11 has glibc 2.31.
    if [ "$1" = venus ]; then suite=bookworm archive+=.tar.gz; else suite=bullseye archive+=-with-loader.tar.gz; fi
    shift
    prepare() { new_data && power_on; }
    discard() { power_off && umount -l "$work/data"; }
    make_base() { venus_base "$suite"; }
    ;;
systemd)
    shift
    . tests/packaging/systemd_root.sh
    . tests/packaging/systemd_test.sh
    prepare() { new_machine; }
    discard() { drop_machine; }
    make_base() { base_root systemd-sysv,procps; }
    ;;
*)
    . tests/packaging/install_test.sh
    . tests/packaging/upgrade_test.sh
    prepare() { new_root; }
    discard() { drop_root; }
    make_base() { base_root; }
    ;;
esac

trap 'drop_root; umount -l "$work/data" 2>/dev/null || true; umount -l "$work"; rmdir "$work"' EXIT
base=$(make_base)

# one NAME: the test in a process of its own, since the first thing that is not as expected ends it.
one() {
    local verdict=0
    prepare
    # In the background, since "set -e" means nothing in a condition.
    (set -e && "$1") >"$work/log" 2>&1 &
    wait $! || verdict=$?
    if [ $verdict = 0 ]; then
        passed=$((passed + 1))
    elif [ $verdict = 77 ]; then
        skipped=$((skipped + 1))
        echo "skipped: $(tail -n 1 "$work/log")"
    else
        failed=$((failed + 1))
        echo "FAILED: ${1//_/ }"
        tail -n 30 "$work/log"
        [ ! -s "$work/stick" ] || cat "$work/stick"
    fi
    discard
}

names=("$@")
[ $# != 0 ] || mapfile -t names < <(compgen -A function it_)
for name in "${names[@]}"; do one "$name"; done
cat "$figures"
echo "packaging: $passed passed, $failed failed, $skipped skipped ($((SECONDS - started)) s)"
[ "$failed" = 0 ]
