# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# The line port's promises, kept by libgpiod on the kernel's real interface.

step "the contract of the line port on gpio-sim"
BMS_GPIO_SIM=1 "$HIL_BUILD/tests/bms_contract_tests" --gtest_filter='*gpio_sim*' --gtest_color=no >/run/log/contract 2>&1 ||
    fail "the contract tests failed"
passed=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) tests\?\..*/\1/p' /run/log/contract)
[ "${passed:-0}" -gt 0 ] || fail "no contract test ran on gpio-sim"
grep -q 'SKIPPED' /run/log/contract && fail "a contract test was skipped, here where it can run"
step "$passed tests passed"
