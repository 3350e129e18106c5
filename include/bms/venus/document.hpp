// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// dbus/paths.md, written from the table.
#pragma once

#include <string>

namespace bms::venus {

std::string paths_markdown();

} // namespace bms::venus
