// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_dbus_lines.hpp"

#include "tool/ctl_page.hpp"

#include "bms/venus/item_tree.hpp"

namespace bms::tool {

namespace {

constexpr std::size_t comment_width = 98;

std::string sent_to(const Service& service, const std::string& path) {
    const bool session = service.bus.starts_with("session");
    return std::string("dbus-send ") + (session ? "--session" : "--system") +
           " --print-reply=literal --dest=" + shell_word(service.name) + " " + shell_word(path) +
           " com.victronenergy.BusItem.";
}

std::string write_line(const Service& service, const venus::Row& row, const std::string& value) {
    const char* type = row.type == venus::Type::text     ? "string:"
                       : row.type == venus::Type::real   ? "double:"
                       : row.type == venus::Type::uint32 ? "uint32:"
                                                         : "int32:";
    return sent_to(service, std::string(row.path)) + "SetValue variant:" + type + value;
}

venus::Value as(const venus::Row& row, std::int32_t number) {
    return row.type == venus::Type::uint32 ? venus::Value{static_cast<std::uint32_t>(number)}
                                           : venus::Value{number};
}

/// For a choice, every one of it; for a button, its press; for a text, the one that stands there now.
std::vector<WriteLine> write_lines(const Service& service, const venus::Row& row, const std::string& now) {
    std::vector<WriteLine> lines;
    if (row.access != venus::Access::write) {
        return lines;
    }
    if (!row.range) {
        lines.push_back({"another text in its place", write_line(service, row, shell_word(now))});
        return lines;
    }
    const bool choice = row.style != venus::Style::plain;
    for (auto value = choice ? row.range->min : row.range->max; value <= row.range->max; ++value) {
        lines.push_back({choice ? venus::text_of(row, as(row, value)) : "",
                         write_line(service, row, std::to_string(value))});
    }
    return lines;
}

PathLines lines_of(const Service& service, const std::string& path) {
    PathLines lines{.service = service.name,
                    .path = path,
                    .text = text_of(service.items, path),
                    .meaning = "",
                    .read = sent_to(service, path) + "GetValue",
                    .write = {}};
    if (const venus::Row* row = venus::find_row(path)) {
        lines.meaning = row->meaning;
        lines.write = write_lines(service, *row, lines.text);
    }
    return lines;
}

std::string comment(const std::string& words) {
    std::string text;
    for (const std::string& row : wrapped(words, comment_width)) {
        text += "# " + row + '\n';
    }
    return text;
}

} // namespace

std::string shell_word(const std::string& text) {
    constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-";
    if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) {
        return text;
    }
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

std::string everything_line(const Service& service) { return sent_to(service, "/") + "GetItems"; }

std::vector<PathLines> dbus_lines(const Service& service, const std::string& path) {
    std::vector<PathLines> lines;
    const std::string folder = path.ends_with('/') ? path : path + "/";
    for (const auto& [item, unused] : service.items) {
        if (item == path || item.starts_with(folder)) {
            lines.push_back(lines_of(service, item));
        }
    }
    return lines;
}

std::string dbus_text(const std::vector<PathLines>& all) {
    std::string text;
    for (const PathLines& lines : all) {
        text += text.empty() ? "" : "\n";
        text += comment(lines.path + (lines.text.empty() ? "" : ", now " + lines.text) +
                        (lines.meaning.empty() ? "" : ". " + lines.meaning));
        text += lines.read + '\n';
        for (const WriteLine& write : lines.write) {
            text += write.meaning.empty() ? "" : comment("write: " + write.meaning);
            text += (all.size() > 1 ? "# " : "") + write.line + '\n';
        }
    }
    return text;
}

} // namespace bms::tool
