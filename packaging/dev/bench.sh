#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Figures of what is in build/dev, on this machine: packaging/dev/bench.sh [daemon|vebus|dbus] [--short]. Without a name
# all of them.
# What is measured, and how: tests/bench/README.md. A benchmark, no test: it fails only when it breaks itself.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/dev/setup.sh

declare -A programs=([daemon]=build/dev/tests/vebus-bms-bench [vebus]=build/dev/tests/vebus-bms-bench-vebus
    [dbus]=build/dev/tests/vebus-bms-bench-dbus)
wanted=(daemon vebus dbus)
case ${1:-} in
daemon | vebus | dbus) wanted=("$1") && shift ;;
esac

(need bench) || say "going on without: the figures that need it are left out"

model=$(sed -n 's/^\(model name\|Hardware\|Model\)[^:]*: *//p' /proc/cpuinfo | head -n 1)
echo "machine: ${model:-unknown processor}, $(nproc) cores, $(uname -srm), load $(cut -d ' ' -f 1-3 /proc/loadavg)"
echo "build:   $(build/dev/src/app/vebus-bmsd --version), preset dev," \
    "$(git -c safe.directory="$PWD" describe --always --dirty 2>/dev/null || echo 'no git')"

TMPDIR=$(mktemp -d) # also when it is interrupted, nothing is left behind
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
for name in "${wanted[@]}"; do
    program=${programs[$name]}
    [ -x "$program" ] || { echo "bench: $program is not built; ./dev bench does that" >&2 && exit 2; }
    "$program" "$@"
done
