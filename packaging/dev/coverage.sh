#!/bin/bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# What the fast tests reach of the pure code; the programs have been built in build/asan. Run by ./dev coverage.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=build/asan/profile
rm -rf "$folder"
mkdir -p "$folder"
objects=()
for name in "$@"; do
    program=$(find build/asan/tests -name "$name" -type f)
    # A test that fails is the test tier's business; here it would only count less.
    LLVM_PROFILE_FILE="$folder/$name-%p.profraw" "$program" --gtest_brief=1 >"$folder/$name.log" 2>&1 ||
        { tail -n 20 "$folder/$name.log" && exit 1; }
    objects+=(-object "$program")
done
llvm-profdata merge -sparse "$folder"/*.profraw -o "$folder/all.profdata"
# Paths are from the build's folder on, so that what another clone compiled counts here too.
llvm-cov export --format=lcov -compilation-dir "$PWD/build/asan" -instr-profile "$folder/all.profdata" "${objects[@]}" >"$folder/all.lcov"
# Every file that something in the build was made from.
ninja -C build/asan -t deps | sed -n "s|^ *$PWD/||p; s|^ *\.\./\.\./||p" | sort -u >"$folder/compiled.txt"
python3 tests/coverage/coverage.py "$folder/all.lcov" "$PWD" tests/coverage/exclusions.txt "$folder/compiled.txt" "$SECONDS"
