# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# Which version a package is, from the commit alone: a tag vX.Y.Z is X.Y.Z, anything else sorts behind it by its commit's time.

maintainer='vebus-bms authors <vebus-bms@localhost>'
git_here() { git -c safe.directory="$PWD" "$@"; }

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git_here log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
project_version=$(sed -n 's/^project(vebus-bms VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
version=$project_version
if [ "$(git_here describe --exact-match --tags 2>/dev/null || true)" != "v$version" ]; then
    version=$version+git$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S)
fi
[ -z "$(git_here status --porcelain --untracked-files=no)" ] || version=$version+dirty
version=$version-1~deb12

changelog() {
    printf 'vebus-bms (%s) bookworm; urgency=medium\n\n  * Built from commit %s.\n\n -- %s  %s\n' "$version" \
        "$(git_here rev-parse --short=12 HEAD)" "$maintainer" "$(date -R -d "@$SOURCE_DATE_EPOCH")"
}
