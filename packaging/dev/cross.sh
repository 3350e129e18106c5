# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# ./dev cross: the fast tests and the daemon of another architecture, run here under qemu-user. The caller has sourced setup.sh and
# tests.sh and set jobs.
. packaging/cross/target.sh
. packaging/cross/build.sh

cross_tests=(bms_unit_tests bms_scenario_tests)

# cross_figures ARCH FOLDER: start time and resident memory of the daemon on the simulated board. The emulator is in both: what is
# shown is that it starts, and that it has not grown tenfold.
cross_figures() {
    local work pid started now kilobytes=0
    work=$(mktemp -d)
    sed "s|/tmp/vebus-bms-demo|$work|; s|\"link\": \"rs485\".*},|\"link\": \"none\"},|; s|\"role\": \"vebus\", \"role_settle_s\": 0, \"bus\": \"session\"|\"role\": \"none\"|" \
        config/sim.json >"$work/sim.json"
    started=$(date +%s%N)
    # shellcheck disable=SC2086,SC2154 # the emulator is several words
    $emulator ${emulator:+-L "$(sysroot_of "$1")"} "$2/src/app/vebus-bmsd" --config "$work/sim.json" --alive-file "$work/alive" >"$work/log" 2>&1 &
    pid=$!
    until [ -e "$work/alive" ]; do
        if ! kill -0 $pid 2>/dev/null || [ $(($(date +%s%N) - started)) -gt 20000000000 ]; then
            cat "$work/log"
            kill $pid 2>/dev/null
            return 1
        fi
        sleep 0.01
    done
    now=$(date +%s%N)
    sleep 2
    kilobytes=$(awk '/^VmRSS/{print $2}' "/proc/$pid/status")
    kill $pid
    wait $pid || true
    rm -rf "$work"
    echo "cross $1: vebus-bmsd gives its first sign of life after $(((now - started) / 1000000)) ms, resident $kilobytes kB (with ${emulator:-no emulator})"
}

# run_cross ARCH: "cross: N passed, N failed, N skipped (N s)"
run_cross() {
    local folder=build/cross/$1 started=$SECONDS cases passed failed skipped verdict=0
    target_of "$1"
    need cross "package_$1"
    configure_for "$1" "$folder" -DBMS_WITH_SIM=ON -DBUILD_TESTING=ON
    cmake --build "$folder" -j "${jobs:?}" --target "${cross_tests[@]}" vebus-bmsd
    rm -rf "$folder/fast-results" "$folder/ctest.xml"
    ctest --test-dir "$folder" -R "^($(sed 's/ /|/g; s/bms_//g; s/_tests//g' <<<"${cross_tests[*]}"))-" -j "$jobs" --output-on-failure \
        --output-junit "$PWD/$folder/ctest.xml" --no-tests=error >"$folder/ctest.log" 2>&1 || verdict=1
    [ $verdict = 0 ] || grep -vE '^ +Start |[ *]Passed ' "$folder/ctest.log"
    cases=$(cases_of_programs "$folder/ctest.xml" "$folder/fast-results")
    sed '$d' <<<"$cases"
    read -r passed failed skipped <<<"${cases##*$'\n'}"
    if cross_figures "$1" "$folder"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    echo "cross: $passed passed, $failed failed, $skipped skipped ($((SECONDS - started)) s)"
    [ "$failed" = 0 ]
}
