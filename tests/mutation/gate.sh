# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# What judges a changed line: compiler, scenarios, walk and its pages, in a copy of the sources. Sourced.

# A change may make a program endless. On a busy machine a sound one takes a minute.
ends_within=300

# make_copy FOLDER: sources in FOLDER/sources, their build in FOLDER/build.
make_copy() {
    mkdir -p "$1/sources/src" "$1/sources/tests"
    cp -r include "$1/sources"
    cp -r src/core "$1/sources/src"
    cp -r tests/exhaustive tests/scenario tests/support "$1/sources/tests"
    CCACHE_DISABLE=1 cmake -S tests/mutation -B "$1/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DSOURCES="$1/sources" >"$1/configure.log" 2>&1 || { cat "$1/configure.log" && return 1; }
}

# judge FOLDER: true when everything passes, else says who found it. Output goes to FOLDER/judge.log.
judge() {
    local copy=$1 page
    exec 3>"$copy/judge.log"
    if ! cmake --build "$copy/build" -j "${jobs:-2}" --target walk >&3 2>&1; then
        echo "the compiler" && return 1
    fi
    if ! timeout "$ends_within" "$copy/build/walk" "$copy/sources" >&3 2>&1; then
        echo "the walk: $(grep -m 1 '^walk ' "$copy/judge.log" || echo 'it broke off')" && return 1
    fi
    for page in src/core/properties.md tests/exhaustive/reachable.txt; do
        if ! diff -q "$page" "$copy/sources/$page" >&3; then
            echo "the page $page is another one" && return 1
        fi
    done
    if ! cmake --build "$copy/build" -j "${jobs:-2}" --target scenarios >&3 2>&1; then
        echo "the compiler" && return 1
    fi
    if ! timeout "$ends_within" "$copy/build/scenarios" --gtest_fail_fast --gtest_brief=1 >&3 2>&1; then
        echo "the scenarios: $(sed -n 's/^\[  FAILED  \] \([A-Za-z_0-9]*\.[A-Za-z0-9_]*\).*/\1/p' "$copy/judge.log" | head -1)"
        return 1
    fi
}
