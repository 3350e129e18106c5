// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The commands of vebus-bmsctl beside the whole daemon, and every dbus-send line that we print or document.
#include "support/places.hpp"
#include "system/daemon_fixture.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <sstream>

namespace bms::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string file(const std::string& name) {
    std::ifstream stream(in_source(std::string("/") + name));
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

/// Every key of an object and all below; items are by path and have keys of their own.
void collect_keys(const json& value, std::set<std::string>& keys) {
    if (value.is_array()) {
        for (const json& element : value) {
            collect_keys(element, keys);
        }
    }
    if (value.is_object()) {
        for (const auto& [key, element] : value.items()) {
            if (!key.starts_with("/")) {
                keys.insert(key);
            }
            collect_keys(element, keys);
        }
    }
}

class CtlDaemonTest : public DaemonTest {
  protected:
    Outcome ctl(std::vector<std::string> words) {
        words.insert(words.begin(), in_build("/src/tool/vebus-bmsctl"));
        return once(words);
    }
    Outcome shell(const std::string& line) { return once({"/bin/sh", "-c", line}); }
    /// A file of its own each time: output is appended.
    Outcome once(const std::vector<std::string>& command) {
        return run(command, folder / ("out" + std::to_string(++runs)));
    }
    json answer(const std::vector<std::string>& words) {
        const auto outcome = ctl(words);
        const auto parsed = json::parse(outcome.output, nullptr, false);
        EXPECT_FALSE(parsed.is_discarded()) << outcome.output;
        EXPECT_EQ(parsed.value("exit_code", -1), outcome.code);
        return parsed;
    }

    int runs = 0;
};

TEST_F(CtlDaemonTest, EveryDbusLineItPrintsWorks) {
    start_all();
    const auto all = answer({"dbus", "--json"});
    EXPECT_GT(all["paths"].size(), 50U);
    for (const json& path : all["paths"]) {
        const auto read = shell(path["read"]);
        EXPECT_EQ(read.code, 0) << path["read"] << read.output;
        EXPECT_THAT(read.output, HasSubstr("variant")) << path["read"];
        for (const json& write : path["write"]) {
            const auto written = shell(write["line"]);
            EXPECT_EQ(written.code, 0) << write["line"] << written.output;
            if (path["path"] == "/Bms/Restart") {
                EXPECT_THAT(written.output, HasSubstr("int32 2")); // nothing waits to be restarted
            } else if (write["meaning"] == "inverter only") {
                EXPECT_THAT(written.output,
                            AnyOf(HasSubstr("int32 0"), HasSubstr("int32 2"))); // not every Multi can
            } else {
                EXPECT_THAT(written.output, HasSubstr("int32 0")) << write["line"];
            }
        }
    }
    EXPECT_TRUE(item_is("/Mode", "4")); // the last of its lines
}

TEST_F(CtlDaemonTest, TheDoctorFindsTheDaemonAndSaysWhatIsMissing) {
    start_all();
    const json found = answer({"doctor", config_file(), "--json"})["findings"];
    const auto verdict_of = [&](const std::string& check) {
        for (const json& finding : found) {
            if (finding["check"] == check) {
                return finding["verdict"].get<std::string>();
            }
        }
        return std::string("not looked at");
    };
    EXPECT_EQ(verdict_of("configuration"), "ok");
    EXPECT_EQ(verdict_of("lines"), "advice") << "a simulated board";
    EXPECT_EQ(verdict_of("port"), "ok");
    EXPECT_EQ(verdict_of("daemon"), "ok");
    EXPECT_EQ(verdict_of("DVCC"), "advice") << "no Venus OS on this bus";

    const auto outcome = ctl({"doctor", folder / "nothing.json"});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("PROBLEM"), HasSubstr("cannot be read"), HasSubstr("do: ")));
}

TEST_F(CtlDaemonTest, TheTextOfDbusIsTheSameLinesAndOneForAllAtOnce) {
    start_all();
    const auto text = ctl({"dbus", "/Mode", "/Bms/Lines"}).output;
    EXPECT_THAT(text,
                AllOf(StartsWith("# /Mode, now on. "), HasSubstr("\n# write: charger only\n# dbus-send "),
                      HasSubstr("# /Bms/Lines/CellLow, now 0. 1: the battery's")));
    std::istringstream all(ctl({"dbus"}).output);
    std::string comment, line;
    std::getline(all, comment);
    std::getline(all, line);
    const auto everything = shell(line);
    EXPECT_EQ(everything.code, 0) << line;
    EXPECT_THAT(everything.output, HasSubstr("/Bms/AllowToCharge"));
    const auto wrong = ctl({"dbus", "/Nonsense"});
    EXPECT_EQ(wrong.code, 64);
    EXPECT_THAT(wrong.output, HasSubstr("there is no path \"/Nonsense\""));
}

TEST_F(CtlDaemonTest, ModeSwitchesTheMultiAndSaysSo) {
    start_all();
    const auto off = ctl({"mode", "off"});
    EXPECT_EQ(off.code, 0);
    EXPECT_EQ(off.output, "com.victronenergy.vebus.ttySystem: switched to off\n");
    EXPECT_TRUE(multi_is("mode", "off"));
    EXPECT_EQ(ctl({"mode", "charger-only"}).code, 0);
    EXPECT_TRUE(multi_is("mode", "charger-only"));
    EXPECT_EQ(answer({"mode", "on", "--json"})["answers"][0]["mode"], "on");
    EXPECT_TRUE(multi_is("mode", "on"));
}

TEST_F(CtlDaemonTest, AModeTheBatteryForbidsIsHeldBackWithTheReason) {
    start_all();
    set("btv_allow_to_charge=open");
    ASSERT_TRUE(permissions_are(false, true));
    const auto held = answer({"mode", "charger-only", "--json"});
    EXPECT_EQ(held["exit_code"], 1);
    EXPECT_EQ(held["answers"][0]["outcome"], "held back");
    EXPECT_EQ(held["answers"][0]["why"], item("/Bms/Reason"));
    EXPECT_EQ(held["answers"][0]["charging_allowed"], false);
}

TEST_F(CtlDaemonTest, AModeTheDaemonRefusesIsExplainedByTheLink) {
    configure("/vebus/link", R"("none")");
    start_board();
    start_daemon();
    ASSERT_TRUE(permissions_are(true, true));
    const auto refused = ctl({"mode", "off"});
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.output, HasSubstr("not switched to off: no VE.Bus link configured"));
}

TEST_F(CtlDaemonTest, RedetectIsTakenAndARestartOfNothingIsExplained) {
    start_all();
    EXPECT_EQ(answer({"redetect", "--json"})["answers"][0]["outcome"], "done");
    const auto refused = ctl({"restart-loads"});
    EXPECT_EQ(refused.code, 1);
    EXPECT_THAT(refused.output,
                HasSubstr("loads were not restarted: no loads wait for a person; the state: on"));
}

TEST_F(CtlDaemonTest, StatusHasACodeForEachCase) {
    EXPECT_EQ(answer({"status", "--json"})["result"], "no daemon");
    EXPECT_EQ(answer({"statsu", "--json"})["result"], "usage");
    start_all();
    EXPECT_EQ(answer({"status", "--json"})["exit_code"], 0);
    set("btv_pre_alarm=open");
    ASSERT_TRUE(item_is("/Alarms/BmsPreAlarm", "1"));
    EXPECT_EQ(answer({"status", "--json"})["exit_code"], 3);
    set("btv_allow_to_charge=open");
    ASSERT_TRUE(permissions_are(false, true));
    EXPECT_EQ(answer({"status", "--json"})["exit_code"], 1);
    EXPECT_EQ(ctl({"status"}).code, 1);
}

TEST_F(CtlDaemonTest, EveryKeyOfJsonIsInTheManualPage) {
    std::set<std::string> keys;
    collect_keys(answer({"status", "--json"}), keys); // an error
    start_all();
    set("btv_pre_alarm=open");
    ASSERT_TRUE(item_is("/Alarms/BmsPreAlarm", "1"));
    for (const std::vector<std::string>& words : {std::vector<std::string>{"status", "--json"},
                                                  {"mode", "on", "--json"},
                                                  {"dbus", "--json"},
                                                  {"doctor", "--json"}}) {
        auto found = answer(words);
        if (found.contains("services")) {
            json& service = found["services"].at(0);
            EXPECT_FALSE(service["alarms"].empty());
            service["alarms"].clear(); // keys are names of alarms
        }
        collect_keys(found, keys);
    }
    const auto manual = file("packaging/man/vebus-bmsctl.1");
    EXPECT_GT(keys.size(), 25U);
    for (const std::string& key : keys) {
        EXPECT_THAT(manual, AnyOf(HasSubstr(".I " + key + "\n"), HasSubstr(".IR " + key + " "))) << key;
    }
}

/// dbus-send ends a text without an end of line.
std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

/// Lines "$ COMMAND" and what stands below them up to the next, an empty line or the end of the block.
std::vector<std::pair<std::string, std::string>> examples(const std::string& document) {
    std::vector<std::pair<std::string, std::string>> found;
    std::istringstream stream(file(document));
    bool open = false;
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("$ ")) {
            found.emplace_back(line.substr(2), "");
            open = true;
        } else if (line.empty() || line.starts_with("```")) {
            open = false;
        } else if (open) {
            found.back().second += line + '\n';
        }
    }
    return found;
}

TEST_F(CtlDaemonTest, TheDocumentedQueriesGiveTheDocumentedAnswers) {
    configure("/dbus/name", R"("com.victronenergy.vebus.ttyAMA0")");
    start_board();
    start_multi();
    start_daemon();
    ASSERT_TRUE(line_is("charge_disconnect", "high"));
    set("btv_allow_to_charge=open");
    ASSERT_TRUE(line_is("charge_disconnect", "floating"));
    const std::string path = "PATH=" + in_build("/src/tool:$PATH; ");
    for (const char* document : {"README.md", "dbus/README.md"}) {
        const auto all = examples(document);
        EXPECT_GE(all.size(), 2U) << document;
        for (const auto& example : all) {
            const auto& command = example.first;
            const auto& answer = example.second;
            Outcome outcome;
            const bool same =
                soon([&] { return trimmed((outcome = shell(path + command)).output) == trimmed(answer); });
            EXPECT_TRUE(same) << document << ": " << command << "\n" << outcome.output;
        }
    }
}

} // namespace
} // namespace bms::test
