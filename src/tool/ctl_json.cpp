// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "tool/ctl_json.hpp"

#include <nlohmann/json.hpp>

namespace bms::tool {

namespace {

using nlohmann::ordered_json;

struct ToJson {
    ordered_json operator()(std::monostate) const { return nullptr; }
    template<typename T>
    ordered_json operator()(const T& value) const {
        return value;
    }
};

std::string printed(const ordered_json& root, int indent) {
    return root.dump(indent, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ordered_json or_null(const std::optional<std::int64_t>& known) {
    return known ? ordered_json(*known) : ordered_json(nullptr);
}

ordered_json answer_with(Exit code) { return {{"exit_code", int{code}}, {"result", result_of(code)}}; }

ordered_json service_json(const Service& service, std::int64_t uptime_s) {
    ordered_json items = ordered_json::object(), raised = ordered_json::object();
    for (const auto& [path, item] : service.items) {
        items[path] = {{"value", std::visit(ToJson{}, item.value)}, {"text", item.text}};
    }
    for (const Alarm& alarm : alarms(service.items)) {
        raised[alarm.name] = alarm.level;
    }
    return {{"service", service.name},
            {"bus", service.bus},
            {"all_allowed", all_allowed(service.items)},
            {"loads_allowed", is(service.items, "/Bms/AllowToDischarge", 1)},
            {"charging_allowed", is(service.items, "/Bms/AllowToCharge", 1)},
            {"state", text_of(service.items, "/Bms/State")},
            {"why", text_of(service.items, "/Bms/Reason")},
            {"for_s", or_null(since_s(service.items, uptime_s))},
            {"next", text_of(service.items, "/Bms/NextChange")},
            {"next_within_s", or_null(number(service.items, "/Bms/SecondsToNextChange"))},
            {"alarms", std::move(raised)},
            {"problems", problems(service.items)},
            {"advice", text_of(service.items, "/Diagnostics/LinkAdvice")},
            {"also", service.also},
            {"others", service.others},
            {"items", std::move(items)}};
}

} // namespace

std::string status_json(const std::vector<Service>& services, std::int64_t uptime_s) {
    ordered_json root = answer_with(exit_of_all(services));
    root["services"] = ordered_json::array();
    for (const Service& service : services) {
        root["services"].push_back(service_json(service, uptime_s));
    }
    return printed(root, 2);
}

std::string doctor_json(const std::vector<Finding>& findings) {
    constexpr const char* verdicts[] = {"ok", "advice", "problem"};
    ordered_json root = answer_with(exit_of(findings));
    root["findings"] = ordered_json::array();
    for (const Finding& finding : findings) {
        root["findings"].push_back({{"verdict", verdicts[static_cast<std::size_t>(finding.verdict)]},
                                    {"check", finding.check},
                                    {"words", finding.words},
                                    {"cure", finding.cure}});
    }
    return printed(root, 2);
}

std::string explain_json(const std::vector<ManualEntry>& rows) {
    ordered_json root = answer_with(exit_ok);
    root["rows"] = ordered_json::array();
    for (const ManualEntry& row : rows) {
        root["rows"].push_back({{"row", row.number},
                                {"section", row.section},
                                {"rule", row.text},
                                {"here", became_of(row)},
                                {"keys", row.keys},
                                {"dbus", row.paths},
                                {"pages", row.pages},
                                {"sources", row.sources},
                                {"tests", row.tests}});
    }
    return printed(root, 2);
}

std::string orders_json(const std::vector<Answer>& answers, Exit code) {
    ordered_json root = answer_with(code);
    root["answers"] = ordered_json::array();
    for (const Answer& answer : answers) {
        root["answers"].push_back({{"service", answer.service},
                                   {"outcome", word_of(answer.outcome)},
                                   {"what", answer.what},
                                   {"why", answer.why},
                                   {"loads_allowed", answer.loads_allowed},
                                   {"charging_allowed", answer.charging_allowed},
                                   {"mode", answer.mode},
                                   {"multi_mode", answer.multi_mode}});
    }
    return printed(root, 2);
}

std::string dbus_json(const std::vector<PathLines>& all) {
    ordered_json root = answer_with(exit_ok);
    root["paths"] = ordered_json::array();
    for (const PathLines& lines : all) {
        ordered_json write = ordered_json::array();
        for (const WriteLine& line : lines.write) {
            write.push_back({{"meaning", line.meaning}, {"line", line.line}});
        }
        root["paths"].push_back({{"service", lines.service},
                                 {"path", lines.path},
                                 {"text", lines.text},
                                 {"meaning", lines.meaning},
                                 {"read", lines.read},
                                 {"write", std::move(write)}});
    }
    return printed(root, 2);
}

std::string error_json(Exit code, const std::string& error) {
    ordered_json root = answer_with(code);
    root["error"] = error;
    return printed(root, 2);
}

std::string change_json(const Change& change, const std::string& time, const Items& now) {
    ordered_json root{
        {"time", time}, {"service", change.service}, {"what", change.what}, {"why", change.why}};
    const auto item = now.find(change.path);
    if (item != now.end()) {
        root["path"] = change.path;
        root["value"] = std::visit(ToJson{}, item->second.value);
        root["text"] = item->second.text;
    }
    return printed(root, -1);
}

} // namespace bms::tool
