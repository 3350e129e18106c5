# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs tiers of tests for ./dev and says what came of them. The line "NAME: N passed, N failed, N skipped (N s)"
# is read by .ci/run. The caller sets jobs: how many tests to run at once.

# cases_of_programs REPORT RESULTS: of the fast tier "passed failed skipped", in tests, after the reason of each that was skipped.
# A program that left no results, or that failed although its tests did not, is one failure.
cases_of_programs() {
    local left
    mapfile -t left < <(find "$2" -name '*.xml' 2>/dev/null)
    awk -F'"' '
        FNR == 1 {files++}
        files == 1 && /^\t(tests|failures)=/{sub(/^\t/, ""); sub(/=.*/, "", $1); programs[$1] = $2}
        files > 1 && /^<testsuites /{results++; tests += $2; failures += $4; disabled += $6}
        /result="skipped"/{skipped++}
        /<skipped message=/{why = $2; sub(/^.*&#x0A;/, "", why); reasons[why]++}
        END {
            for (why in reasons) print "skipped: " reasons[why] " tests: " why
            lost = programs["tests"] - results
            failed = failures + lost < programs["failures"] ? programs["failures"] : failures + lost
            print tests + lost - failed - skipped - disabled, failed, skipped + disabled
        }' "$1" "${left[@]}"
}

# cases_of_ctest REPORT: the same where each test is a process. The reason for not running stands in its output, below "Skipped".
cases_of_ctest() {
    awk -F'"' '
        /^\t(tests|failures|disabled|skipped)=/{sub(/^\t/, ""); sub(/=.*/, "", $1); count[$1] = $2}
        /Skipped$/{getline; reasons[$0]++}
        END {
            for (why in reasons) print "skipped: " reasons[why] " tests: " why
            skipped = count["skipped"] + count["disabled"]
            print count["tests"] - count["failures"] - skipped, count["failures"], skipped
        }' "$1"
}

# run_tier NAME PRESET CTEST-OPTION... The tests with real processes spend most of their time waiting: more of them at once.
run_tier() {
    local name=$1 preset=$2 report=build/$2/ctest-$1.xml results=build/$2/fast-results started=$SECONDS verdict=0 at_once=${jobs:?}
    local cases passed failed skipped
    [ "$name" != system ] || at_once=$((2 * jobs))
    shift 2
    rm -rf "$report" "$results"
    ctest --test-dir "build/$preset" "$@" -j "$at_once" --output-on-failure --output-junit "$PWD/$report" \
        --no-tests=error >"build/$preset/ctest-$name.log" 2>&1 || verdict=1
    if [ $verdict = 1 ]; then grep -vE '^ +Start |[ *]Passed ' "build/$preset/ctest-$name.log"; fi
    if [ "$name" = fast ]; then cases=$(cases_of_programs "$report" "$results"); else cases=$(cases_of_ctest "$report"); fi
    sed '$d; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g' <<<"$cases"
    read -r passed failed skipped <<<"${cases##*$'\n'}"
    echo "$name: $passed passed, $failed failed, $skipped skipped ($((SECONDS - started)) s)"
    [ "$verdict" = 0 ] && [ "$failed" = 0 ]
}

# run_tests PRESET [fast]: the fast tier, then all the rest, also when the first has failures.
run_tests() {
    local verdict=0
    run_tier fast "$1" -L '^fast$' || verdict=1
    if [ "${2:-all}" = all ]; then run_tier system "$1" -LE '^fast$' || verdict=1; fi
    return $verdict
}

# one_hil TIER: a scenario of the guest kernel, or one of the tiers that tests/hil/README.md lists beside them.
one_hil() {
    case $1 in
    qemu-*) jobs=${jobs:?} tests/hil/qemu.sh "${1#qemu-}" ;;
    trixie) jobs=${jobs:?} tests/hil/trixie.sh ;;
    cross-*) run_cross "${1#cross-}" ;;
    packages | systemd | venus | venus-old) package_tier "$1" ;;
    *) tests/hil/run-uml.sh "$1" ;;
    esac
}

# run_hil [all | SCENARIO...]: those named, else the quick ones.
run_hil() {
    local scenario passed=0 failed=0 started=$SECONDS quick=(contract kernel main-job storm walk-script)
    case ${1:-} in
    all)
        set -- "${quick[@]}" examples death trixie qemu-arm64 qemu-armhf packages systemd venus venus-old cross-arm64 cross-armhf
        ;;
    '') set -- "${quick[@]}" ;;
    esac
    for scenario; do
        if one_hil "$scenario"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    done
    echo "hil: $passed passed, $failed failed, 0 skipped ($((SECONDS - started)) s)"
    [ $failed = 0 ]
}

# run_storm FIRST [LAST], or --script FILE: what ./dev hil storm plays, with other seeds or one script.
run_storm() {
    local words
    if [ "${1:-}" = --script ]; then
        [ -f "${2:-}" ] || die "there is no script '${2:-}'"
        words=script,$(realpath "$2")
    else
        [[ "${1:-} ${2:-${1:-}}" =~ ^[0-9]+\ [0-9]+$ ]] || die "usage: ./dev storm FIRST [LAST], or ./dev storm --script FILE"
        words=seeds,$1,${2:-$1},600
    fi
    BMS_STORM=$words BMS_HIL_TIMEOUT=${BMS_HIL_TIMEOUT:-3600} tests/hil/run-uml.sh storm
}

# fuzz_one SECONDS TARGET: says what came of it, whole, as others run beside it. A good verdict leaves a file.
fuzz_one() {
    local seconds=$1 target=$2 log=build/fuzz/$2.log words search=(-seed=0)
    # Traces of comparisons and reloading hang on addresses and on the clock: without them a search is the same each time.
    if [ -n "${BMS_FUZZ_SEED:-}" ]; then search=("-seed=$BMS_FUZZ_SEED" -use_cmp=0 -reload=0); fi
    mkdir -p "build/fuzz/corpus/$target" build/fuzz/found
    # The first folder takes the inputs that reach new code, the second one is only read.
    if ASAN_OPTIONS=quarantine_size_mb=32 "build/fuzz/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -max_len=1024 \
        "${search[@]}" -print_final_stats=1 -artifact_prefix="build/fuzz/found/$target-" "build/fuzz/corpus/$target" \
        "tests/fuzz/corpus/$target" >"$log" 2>&1; then
        words=$(awk -v target="$target" '/^stat::number_of_executed_units:/{n = $2} /^stat::average_exec_per_sec:/{rate = $2}
            END {print "fuzz " target ": nothing found, inputs tried: " n " (" rate " a second)"}' "$log")
        touch "build/fuzz/$target.verdict"
    else
        words="$(tail -n 40 "$log")
fuzz $target: FAILED; the input is in build/fuzz/found, what to do with it in tests/fuzz/README.md"
    fi
    printf '%s\n' "$words"
}

# run_fuzz [TARGET|all] [SECONDS]: all targets are 'all', and 30 s each. What is found is kept in build/fuzz/found.
run_fuzz() {
    local target targets passed=0 failed=0 started=$SECONDS seconds=${2:-30}
    mapfile -t targets < <(basename -s .cpp tests/fuzz/*.cpp)
    echo "fuzz targets: ${targets[*]}"
    if [ "${1:-all}" != all ]; then
        [ -f "tests/fuzz/$1.cpp" ] || die "there is no fuzz target '$1'"
        targets=("$1")
    fi
    [[ $seconds =~ ^[1-9][0-9]*$ ]] || die "'$seconds' is no number of seconds"
    rm -f build/fuzz/*.verdict
    export -f fuzz_one
    printf '%s\0' "${targets[@]}" | xargs -0 -P "${jobs:?}" -n 1 bash -c "fuzz_one $seconds \"\$1\"" fuzz
    for target in "${targets[@]}"; do
        if [ -f "build/fuzz/$target.verdict" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    done
    echo "fuzz: $passed passed, $failed failed, 0 skipped ($((SECONDS - started)) s)"
    [ $failed = 0 ]
}
