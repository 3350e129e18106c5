// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "config/documented.hpp"

#include "bms/config/document.hpp"

namespace bms::config {

namespace {

constexpr std::string_view introduction = R"(# Configuration keys

Generated from the table of keys by `./dev docs`; do not edit.

The file is JSON with `//` comments. Every key carries its unit. A key that is not listed here is an error, and so is
a value outside what is accepted. **required** means that nothing is assumed: leaving the key out is an error. LINE is
described at the end. M15 and the like are rows of the product manual.
)";

constexpr std::string_view about_lines = R"(
## LINE

Either `line`, or `chip` and `offset`. The key of the level says what it means: `closed_level` (loops), `on_level` (remote),
`present_level` (detectors), `active_level` (outputs).
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

} // namespace

std::string keys_markdown() {
    const auto keys = documented_config();
    auto text = std::string{introduction} + "\n## Top level\n" + table_of(keys, "");
    for (auto name : names_in(keys, "")) {
        if (is_section(keys, "/" + std::string{name}))
            text += "\n## `" + std::string{name} + "`\n" + table_of(keys, name);
    }
    return text + std::string{about_lines} + table_of(documented_line("/active_level"), "");
}

} // namespace bms::config
