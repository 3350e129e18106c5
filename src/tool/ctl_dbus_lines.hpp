// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The dbus-send lines that a person can type, for the service as it was found. Pure.
#pragma once

#include "tool/ctl_items.hpp"

namespace bms::tool {

struct WriteLine {
    std::string meaning, line;
};

struct PathLines {
    std::string service, path;
    std::string text;    ///< of the value now
    std::string meaning; ///< empty where this version does not know the path
    std::string read;
    std::vector<WriteLine> write; ///< empty: only to be read
};

/// The line that asks for everything at once.
std::string everything_line(const Service&);

/// Of an item, or of every item below a folder ("/Bms"; "/": all). Empty: the service has no such path.
std::vector<PathLines> dbus_lines(const Service&, const std::string& path);

/// Comments and lines, as they can be pasted into a shell. Of several paths the lines that write are comments
/// too: pasted as a whole they would end with everything switched off.
std::string dbus_text(const std::vector<PathLines>&);

/// One word for a shell, whatever is in it.
std::string shell_word(const std::string& text);

} // namespace bms::tool
