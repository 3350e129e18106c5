// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "rules.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace bms::layering {
namespace {

constexpr std::size_t longest_file = 400;

/// A folder and what its files may include of the project. Headers directly in include/bms/ are everybody's.
struct Folder {
    std::string_view path;
    bool pure; ///< nothing but the standard library, and of that nothing that meets the world
    std::vector<std::string_view> may_include;
};

const std::vector<Folder>& folders() {
    static const std::vector<Folder> table{
        {"include/bms/core/", true, {"bms/core/"}},
        {"include/bms/vebus/", true, {"bms/vebus/"}},
        {"include/bms/venus/", true, {"bms/venus/", "bms/core/outputs.hpp"}},
        {"include/bms/guard/", true, {"bms/guard/", "bms/vebus/", "bms/venus/value.hpp"}},
        {"include/bms/config/", true, {"bms/config/", "bms/core/"}},
        {"include/bms/mk2/", true, {"bms/mk2/", "bms/vebus/"}},
        {"include/bms/profile/", true, {"bms/profile/", "bms/vebus/"}},
        {"include/bms/capture/", true, {"bms/capture/", "bms/vebus/", "bms/mk2/"}},
        {"include/bms/record/",
         true,
         {"bms/record/", "bms/core/", "bms/vebus/originals.hpp", "bms/guard/residual_kept.hpp"}},
        {"include/bms/", true, {}},
        {"src/core/", true, {"bms/core/", "core/"}},
        {"src/vebus/", true, {"bms/vebus/", "vebus/"}},
        {"src/venus/", true, {"bms/venus/", "bms/core/outputs.hpp", "venus/"}},
        {"src/guard/", true, {"bms/guard/", "bms/vebus/", "bms/venus/value.hpp", "guard/"}},
        {"src/config/", true, {"bms/config/", "bms/core/", "config/"}},
        {"src/mk2/", true, {"bms/mk2/", "bms/vebus/", "mk2/"}},
        {"src/profile/", true, {"bms/profile/", "bms/vebus/", "profile/"}},
        {"src/capture/", true, {"bms/capture/", "bms/vebus/", "bms/mk2/", "capture/"}},
        {"src/record/",
         true,
         {"bms/record/", "bms/core/", "bms/vebus/originals.hpp", "bms/guard/residual_kept.hpp", "record/"}},
        {"src/io/", false, {"bms/venus/", "io/"}},
        {"src/app/", false, {"bms/", "io/", "app/"}},
        {"src/tool/ctl_doctor_look", false, {"bms/", "io/", "tool/", "app/"}},
        {"src/world/", true, {"world/"}},
        {"src/sim/", false, {"bms/vebus/", "bms/mk2/", "io/", "sim/", "world/"}},
        {"src/tool/ctl_", false, {"bms/", "io/", "tool/"}},
        {"src/tool/", false, {"bms/", "tool/"}},
    };
    return table;
}

/// A foreign library and the only files that may know it, as beginnings of their paths.
struct Foreign {
    std::string_view header;
    std::vector<std::string_view> files;
};

const std::vector<Foreign>& foreign_libraries() {
    static const std::vector<Foreign> table{
        {"nlohmann/", {"src/config/", "src/profile/", "src/record/", "src/tool/ctl_json"}},
        {"gpiod", {"src/io/gpiod_lines_v"}},
        {"sdbus-c++/", {"src/io/dbus_", "src/io/sdbus_compat", "src/tool/ctl_"}},
        {"spdlog/", {"src/io/log", "src/app/"}},
        {"fmt/", {"src/io/log", "src/app/"}},
        {"systemd/", {"src/io/"}},
        {"boost/", {"src/io/", "src/app/", "src/sim/", "src/tool/ctl_"}},
    };
    return table;
}

/// Standard headers that reach files, clocks, threads or the terminal.
constexpr std::string_view worldly[] = {"iostream",     "fstream", "filesystem",         "thread", "mutex",
                                        "shared_mutex", "future",  "condition_variable", "ctime"};

struct Word {
    std::string_view word, advice;
};

constexpr Word forbidden_in_pure[] = {
    {"::now(", "reads a clock; take an Instant"}, {"cout", "prints; return the words"},
    {"cerr", "prints; return the words"},         {"clog", "prints; return the words"},
    {"printf", "prints; return the words"},       {"puts", "prints; return the words"},
    {"spdlog", "logs; return what happened"},     {"throw", "throws; return the error as a value"},
};

bool in_a_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool says(std::string_view code, std::string_view word) {
    for (auto at = code.find(word); at != std::string_view::npos; at = code.find(word, at + 1)) {
        const auto after = at + word.size();
        const bool begins = at == 0 || !in_a_word(word.front()) || !in_a_word(code[at - 1]);
        const bool ends = after == code.size() || !in_a_word(word.back()) || !in_a_word(code[after]);
        if (begins && ends) {
            return true;
        }
    }
    return false;
}

bool begins_with_one_of(std::string_view text, const std::vector<std::string_view>& beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(), [&](auto it) { return text.starts_with(it); });
}

const Folder* folder_of(std::string_view path) {
    const auto found = std::find_if(folders().begin(), folders().end(),
                                    [&](const Folder& it) { return path.starts_with(it.path); });
    return found == folders().end() ? nullptr : &*found;
}

std::optional<std::string> project_include_problem(const Folder& folder, std::string_view header) {
    const bool everybodys = header.starts_with("bms/") && header.find('/', 4) == std::string_view::npos;
    const bool neighbour = header.find('/') == std::string_view::npos;
    if (everybodys || neighbour || begins_with_one_of(header, folder.may_include)) {
        return std::nullopt;
    }
    return std::string{folder.path} + " may not include " + std::string{header};
}

std::optional<std::string> library_include_problem(const Folder& folder, std::string_view path,
                                                   std::string_view header) {
    for (const auto& library : foreign_libraries()) {
        if (header.starts_with(library.header)) {
            const bool allowed =
                begins_with_one_of(path, library.files) && !(folder.pure && path.ends_with(".hpp"));
            return allowed ? std::nullopt
                           : std::optional{std::string{header} + " does not belong in this file"};
        }
    }
    const bool standard = header.find_first_of("/.") == std::string_view::npos;
    if (folder.pure &&
        (!standard || std::find(std::begin(worldly), std::end(worldly), header) != std::end(worldly))) {
        return "pure code may not include <" + std::string{header} + ">";
    }
    return std::nullopt;
}

/// Takes word off the front of line, and blanks before it. False when something else stands there.
bool take(std::string_view& line, std::string_view word) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const bool found = line.starts_with(word);
    line.remove_prefix(found ? word.size() : 0);
    return found;
}

std::optional<std::string> include_problem(const Folder& folder, std::string_view path,
                                           std::string_view line) {
    if (!take(line, "#") || !take(line, "include")) {
        return std::nullopt;
    }
    if (take(line, "\"")) {
        return project_include_problem(folder, line.substr(0, line.find('"')));
    }
    return take(line, "<") ? library_include_problem(folder, path, line.substr(0, line.find('>')))
                           : std::optional<std::string>{"an include that cannot be read"};
}

std::optional<std::string> word_problem(std::string_view code) {
    for (const auto& [word, advice] : forbidden_in_pure) {
        if (says(code, word)) {
            return "pure code " + std::string{advice};
        }
    }
    return std::nullopt;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::size_t after_closing(std::string_view code, std::size_t from, std::string_view closing) {
    const auto at = code.find(closing, from);
    return at == std::string_view::npos ? code.size() : at + closing.size();
}

/// Where the comment or literal that begins at `at` ends; `at` itself when code begins there.
std::size_t end_of_non_code(std::string_view code, std::size_t at) {
    const auto rest = code.substr(at);
    const bool after_word = at > 0 && in_a_word(code[at - 1]);
    if (rest.starts_with("//")) {
        return std::min(code.find('\n', at), code.size());
    }
    if (rest.starts_with("/*")) {
        return after_closing(code, at + 2, "*/");
    }
    if (rest.starts_with("R\"") && !after_word) {
        const auto open = std::min(rest.find('('), rest.size());
        return after_closing(code, at + open, ")" + std::string{rest.substr(2, open - 2)} + "\"");
    }
    // After a digit, ' separates thousands.
    if (rest.starts_with('"') || (rest.starts_with('\'') && !after_word)) {
        std::size_t end = 1;
        while (end < rest.size() && rest[end] != rest[0]) {
            end += rest[end] == '\\' ? 2 : 1;
        }
        return std::min(at + end + 1, code.size());
    }
    return at;
}

} // namespace

std::vector<std::string> code_lines(std::string_view text) {
    std::string code{text};
    for (std::size_t at = 0; at < text.size();) {
        const auto end = end_of_non_code(text, at);
        for (auto i = at; i < end; ++i) {
            code[i] = code[i] == '\n' ? '\n' : ' ';
        }
        at = std::max(end, at + 1);
    }
    return lines_of(code);
}

std::vector<std::string> problems_in(std::string_view path, std::string_view text) {
    std::vector<std::string> problems;
    const auto add = [&](std::size_t line, const std::string& what) {
        problems.push_back(std::string{path} + ":" + std::to_string(line) + ": " + what);
    };
    const auto lines = lines_of(text);
    if (!text.starts_with("// SPDX-FileCopyrightText: ")) {
        add(1, "the SPDX head is missing");
    }
    if (lines.size() > longest_file) {
        add(lines.size(), "longer than " + std::to_string(longest_file) + " lines");
    }
    if (path.starts_with("tests/")) {
        return problems;
    }
    const auto* folder = folder_of(path);
    if (folder == nullptr) {
        add(1, "this folder has no row in tests/layering/rules.cpp");
        return problems;
    }
    const auto code = code_lines(text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (const auto problem = include_problem(*folder, path, lines[i])) {
            add(i + 1, *problem);
        }
        if (const auto problem = folder->pure ? word_problem(code[i]) : std::nullopt) {
            add(i + 1, *problem);
        }
    }
    return problems;
}

} // namespace bms::layering
