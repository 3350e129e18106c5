// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/documented.hpp"

#include "bms/config/document.hpp"

#include <array>

namespace bms::config {

namespace {

struct Section {
    std::string_view name, title;
};

constexpr std::array sections{
    Section{"gpio", "where the lines are"},      Section{"btv", "the battery's loops"},
    Section{"remote", "remote on/off terminal"}, Section{"detectors", "what else is sensed"},
    Section{"outputs", "what is driven"},        Section{"protection", "times and reactions"},
    Section{"vebus", "the inverter/charger"},    Section{"dbus", "Venus OS"},
    Section{"bank", "the battery bank"},
};

constexpr std::string_view introduction = R"(# Configuration keys

Generated from the table of keys by `./dev docs`; do not edit.

The file is JSON with `//` comments. Every key carries its unit. A key that is not listed here is an error, and so is
a value outside what is accepted. **required** means that nothing is assumed: leaving the key out is an error. LINE is
described at the end. M15 and the like are rows of the product manual.
)";

std::string row(std::string_view name, const DocumentedKey& key) {
    const auto range = key.kind == Kind::line ? "LINE with `" + std::string{key.words.substr(1)} + "`" +
                                                    (key.may_be_none ? " or `\"none\"`" : "")
                                              : accepted(key);
    const auto fallback = key.required   ? "**required**"
                          : key.fallback ? "`" + write_json(*key.fallback) + "`"
                                         : "";
    return "| `" + std::string{name} + "` | " + range + " | " + fallback + " | " + std::string{key.why} +
           " |\n";
}

std::string table_of(const std::vector<DocumentedKey>& keys, std::string_view section) {
    std::string table = "\n| key | accepted | default | meaning and reason |\n| --- | --- | --- | --- |\n";
    for (const auto& key : keys) {
        const auto name = key.pointer.substr(1);
        const auto slash = name.find('/');
        const bool is_in = section.empty() ? slash == std::string_view::npos
                                           : key.pointer.starts_with("/" + std::string{section} + "/");
        if (is_in)
            table += row(section.empty() ? name : name.substr(slash + 1), key);
    }
    return table;
}

std::string heading(std::string_view name, std::string_view title) {
    return "\n## `" + std::string{name} + "`: " + std::string{title} + "\n";
}

} // namespace

std::string keys_markdown() {
    const auto keys = documented_config();
    auto text = std::string{introduction} + "\n## Top level\n" + table_of(keys, "");
    for (const auto& section : sections)
        text += heading(section.name, section.title) + table_of(keys, section.name);
    text += heading("LINE", "one GPIO line");
    text += "\nEither `line`, or `chip` and `offset`. The level's key is named after what it means: "
            "`closed_level` (loops), "
            "`on_level`\n(remote), `present_level` (detectors), `active_level` (outputs).\n";
    return text + table_of(documented_line("/active_level"), "");
}

} // namespace bms::config
