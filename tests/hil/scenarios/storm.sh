# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Random stories with faults of every kind, on the whole daemon; what is seen is judged by the properties of the walk. Alone it
# plays each story that once broke a promise, then the same seeds each time; ./dev storm plays others (README.md).

write_storm_config "$(sed -E 's/([a-z_]+)=([0-9]+)/"\1": \2/g' <<<"${HIL_PROTECTION:-}")"
if [ -n "${HIL_STORM:-}" ]; then
    IFS=, read -ra words <<<"$HIL_STORM"
    storm "${words[@]}"
else
    for script in "$1"/../storm/scripts/*.txt; do
        step "${script##*/}"
        storm script "$script"
    done
    step "seeds 1 to 3"
    storm seeds 1 3 120
fi
step "done"
