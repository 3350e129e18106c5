// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// vebus-bms-docgen ROOT: writes every generated document below ROOT.
#include "machine_markdown.hpp"
#include "manual_markdown.hpp"

#include "bms/config/document.hpp"
#include "bms/venus/document.hpp"

#include <fstream>
#include <iostream>
#include <utility>
#include <vector>

namespace {

using Documents = std::vector<std::pair<const char*, std::string>>;

bool write(const std::string& root, const Documents& documents) {
    for (const auto& [path, text] : documents) {
        std::ofstream file(root + path);
        file << text;
        if (!file.flush()) {
            std::cerr << "cannot write " << root << path << '\n';
            return false;
        }
        std::cout << path + 1 << '\n';
    }
    return true;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: vebus-bms-docgen ROOT\n";
        return 64;
    }
    const std::string root = argv[1];
    if (!write(root, {{"/src/core/state-machine.md", bms::tool::machine_markdown()},
                      {"/config/schema.json", bms::config::schema_json()},
                      {"/config/keys.md", bms::config::keys_markdown()},
                      {"/dbus/paths.md", bms::venus::paths_markdown()}})) {
        return 1;
    }
    // The pages above are among those that are read here.
    const bms::tool::ManualCoverage manual = bms::tool::manual_coverage(bms::tool::read_manual_sources(root));
    if (!write(root, {{"/tests/manual-coverage.md", manual.markdown},
                      {"/src/tool/manual_table.cpp", bms::tool::manual_table_source(manual.rows)}})) {
        return 1;
    }
    for (const std::string& problem : manual.problems) {
        std::cerr << problem << '\n';
    }
    return manual.problems.empty() ? 0 : 1;
}
