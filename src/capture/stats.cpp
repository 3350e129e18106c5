// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/capture/stats.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <tuple>

namespace bms::capture {

namespace {

constexpr double bits_a_byte = 10; // 8N1

std::string decimal(double value, int digits) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return text.data();
}

std::string milliseconds(Duration time) { return decimal(static_cast<double>(time.count()) / 1000, 1); }

double seconds(Duration time) { return static_cast<double>(time.count()) / 1e6; }

/// M51; at 60 Hz by arithmetic only [D].
std::string judged(double syncs_a_second) {
    const auto near = [=](double rate) { return std::abs(syncs_a_second - rate) <= 1; };
    return near(50)   ? "as expected (50 +-1)"
           : near(60) ? "as expected where mains has 60 Hz (60 +-1)"
                      : "NOT as expected (50 +-1, where mains has 60 Hz 60 +-1)";
}

double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string left(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

std::string right(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string list(const std::set<std::size_t>& sizes) {
    std::string text;
    for (const auto size : sizes) {
        text += (text.empty() ? "" : ", ") + std::to_string(size);
    }
    return text;
}

} // namespace

bool Group::strange() const {
    return from && *from != vebus::multi_address && *from != vebus::remote_address;
}

std::strong_ordering Group::operator<=>(const Group& other) const {
    const auto key = [](const Group& group) {
        const auto address = group.from.value_or(vebus::Address{});
        return std::tuple(!group.strange(), group.from.has_value(), address.first, address.second);
    };
    if (const auto order = key(*this) <=> key(other); order != 0) {
        return order;
    }
    return kind <=> other.kind;
}

Group group_of(const Heard& heard) { return {heard.from, heard.kind}; }

Stats::Stats(Header header_) : header(std::move(header_)), decoder(header.wire) {}

void Stats::add(const Mark& mark) {
    ++marks;
    latest = std::max(latest, mark.at);
}

void Stats::add(const Chunk& chunk) {
    ++chunks;
    bytes += chunk.bytes.size();
    latest = std::max(latest, chunk.at);
    for (const Heard& heard : decoder.push(chunk)) {
        add(heard);
    }
}

void Stats::add(const Heard& heard) {
    if (!heard.rejected.empty()) {
        ++bad;
        ++reasons[heard.rejected];
        return;
    }
    ++good;
    good_bytes += heard.wire.size();
    if (heard.number) {
        follow(*heard.number);
    }
    if (heard.kind == "sync") {
        count_sync(heard.at);
    }
    const Group group = group_of(heard);
    if (rows.size() >= max_groups && !rows.contains(group)) {
        ++beyond_groups;
        return;
    }
    Row& row = rows[group];
    ++row.count;
    row.known = heard.known;
    row.periods.event(heard.at);
    row.payload_sizes.insert(heard.payload.size());
}

void Stats::follow(std::uint8_t number) {
    if (latest_number && number != vebus::next_number(*latest_number)) {
        ++gaps;
        const unsigned expected = vebus::next_number(*latest_number);
        missing += (number + vebus::frame_numbers - expected) % vebus::frame_numbers;
    }
    latest_number = number;
}

void Stats::count_sync(Duration at) {
    if (syncs++ == 0) {
        first_sync = at;
    }
    latest_sync = at;
    while (at - first_sync >= Seconds(whole_seconds + 1)) {
        least_syncs = whole_seconds == 0 ? syncs_this_second : std::min(least_syncs, syncs_this_second);
        most_syncs = std::max(most_syncs, syncs_this_second);
        syncs_this_second = 0;
        ++whole_seconds;
    }
    ++syncs_this_second;
}

std::size_t Stats::unknown_groups() const {
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [](const auto& row) { return !row.second.known; }));
}

std::string Stats::sync_line() const {
    if (whole_seconds == 0) {
        return "syncs    " + std::to_string(syncs) + ", less than a second of them\n";
    }
    const double rate = static_cast<double>(syncs - 1) / seconds(latest_sync - first_sync);
    return "syncs    " + decimal(rate, 2) + " a second, " + std::to_string(least_syncs) + " to " +
           std::to_string(most_syncs) + " in one; " + judged(rate) + '\n';
}

std::string Stats::summary() const {
    const double duration = seconds(latest);
    const double bits = static_cast<double>(bytes) * bits_a_byte;
    std::string text = "capture  " + capture::text(header) + '\n';
    text += "length   " + decimal(duration, 1) + " s, " + std::to_string(marks) + " marks, " +
            std::to_string(bytes) + " bytes in " + std::to_string(chunks) + " reads, line load " +
            (duration > 0 ? decimal(100 * bits / duration / header.baud, 1) : "?") + " %\n";
    text += "frames   " + std::to_string(good) + " good, " + std::to_string(bad) + " rejected, " +
            decimal(share(bytes - good_bytes, bytes), 2) + " % of the bytes in no good frame\n";
    for (const auto& [reason, times] : reasons) {
        text += "         rejected: " + std::to_string(times) + " x " + reason + '\n';
    }
    if (header.wire == Wire::vebus) {
        text += "numbers  " + std::to_string(gaps) + " gaps, " + std::to_string(missing) +
                " frames or more missed in them\n";
        text += sync_line();
    }
    return text;
}

std::string Stats::text() const {
    std::string text = summary();
    text += "\nfrom   kind                    count  p50 ms   min ms    max ms  payload bytes\n";
    for (const auto& [group, row] : rows) {
        const bool periodic = row.periods.count() > 0;
        const auto period = [&](Duration time) { return periodic ? milliseconds(time) : std::string("-"); };
        text += left(group.from ? capture::text(*group.from) : "-- --", 7) + left(group.kind, 21) +
                right(std::to_string(row.count), 8) + right(period(row.periods.p50()), 8) +
                right(period(row.periods.shortest()), 9) + right(period(row.periods.longest()), 10) + "  " +
                list(row.payload_sizes) + '\n';
    }
    if (beyond_groups > 0) {
        text += std::to_string(beyond_groups) + " frames of further kinds are not listed: more than " +
                std::to_string(max_groups) + " kinds are noise.\n";
    }
    return text;
}

} // namespace bms::capture
