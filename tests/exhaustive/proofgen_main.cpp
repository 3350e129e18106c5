// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// vebus-bms-proofgen ROOT: writes the pages that come from the walks below ROOT.
// vebus-bms-proofgen --scripts FOLDER: writes scripts of the walk that can be played, script-NAME.txt.
#include "plans.hpp"
#include "script.hpp"

#include <fstream>
#include <iostream>

namespace {

int write_scripts(const std::string& folder) {
    for (const bms::test::Example& example : bms::test::examples()) {
        const std::string path = folder + "/script-" + example.name + ".txt";
        std::ofstream file(path);
        file << example.scenario;
        if (!file.flush()) {
            std::cerr << "cannot write " << path << '\n';
            return 1;
        }
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 3 && argv[1] == std::string("--scripts")) {
        return write_scripts(argv[2]);
    }
    if (argc != 2) {
        std::cerr << "usage: vebus-bms-proofgen ROOT | --scripts FOLDER\n";
        return 64;
    }
    const std::string root = argv[1];
    const auto& walks = bms::test::all_walks();
    for (const auto& w : walks) {
        if (!w.report.failure.empty()) {
            std::cerr << "walk " << w.plan.name << ": " << w.report.failure << "\n" << w.report.scenario;
            return 1;
        }
    }
    const std::pair<const char*, std::string> pages[] = {
        {"/src/core/properties.md", bms::test::properties_markdown(walks)},
        {"/tests/exhaustive/reachable.txt", bms::test::reachable_text(walks)},
    };
    for (const auto& [path, text] : pages) {
        std::ofstream file(root + path);
        file << text;
        if (!file.flush()) {
            std::cerr << "cannot write " << root << path << '\n';
            return 1;
        }
        std::cout << path + 1 << '\n';
    }
    return 0;
}
