// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "profile/reader.hpp"

#include <algorithm>

namespace bms::profile {

namespace {

constexpr std::string_view profile_keys[] = {"format",  "name",   "source",        "wire",
                                             "address", "frames", "presence_reply"};
constexpr std::string_view frame_keys[] = {"payload", "interval_ms", "interval_quiet_ms", "holes"};
constexpr std::string_view hole_keys[] = {"base", "bits", "level"};

constexpr std::string_view accepted_format = "1";
constexpr std::string_view accepted_source =
    "where the bytes come from: device, firmware, date, who captured them";
constexpr std::string_view accepted_address = "two bytes in hex, such as \"42 4D\"";
constexpr std::string_view accepted_payload = "bytes in hex and names of holes, such as \"38 {status} 00\"";
constexpr std::string_view accepted_hole =
    "{\"base\": a byte, \"bits\": {...}} or {\"level\": {\"allowed\", \"reduced\", \"stopped\"}}";

/// First bytes with which others than a BMS command the Multi: winmon, switch, panel.
constexpr std::uint8_t commands[] = {0x00, 0x3F, 0x40};

constexpr std::size_t longest_name = 80;
constexpr std::size_t longest_source = 400;
constexpr std::size_t longest_hole_name = 20;

/// The answer to a BMS poll as Victron's own driver accepts it [V]: at least ten bytes, 20 first, the device
/// type at index 5, a version at 6..9.
constexpr std::size_t shortest_reply = 10;
constexpr std::uint8_t reply_head = 0x20;
constexpr std::size_t reply_type_index = 5;

struct NamedHole {
    std::string_view name;
    const Node* node;
    std::variant<FlagsHole, LevelHole> kind;
    bool used = false;
};

std::optional<FlagsHole> read_flags(const Members& members, Errors& errors) {
    FlagsHole hole;
    const Node* base = members.need("base", "the byte while no signal is active, such as \"40\"");
    const Node* bits = members.need("bits", "{\"cell_low\": 0, ...}: the bit of each signal");
    if (const auto byte = base ? read_bytes(*base, 1, 1, errors) : std::nullopt) {
        hole.base = byte->front();
    }
    if (!bits) {
        return std::nullopt;
    }
    const Members signals(*bits, signal_words, errors);
    for (std::size_t i = 0; i < signal_words.size(); ++i) {
        const Node* bit = signals.find(signal_words[i]);
        if (const auto number = bit ? read_whole(*bit, 0, 7, errors) : std::nullopt) {
            hole.mask[i] = static_cast<std::uint8_t>(1U << *number);
        }
    }
    if (bits->object() && bits->object()->empty()) {
        errors.add(bits->pointer, "no signal; write a byte that never changes into the payload itself");
    }
    return hole;
}

std::optional<LevelHole> read_level(const Node& node, Errors& errors) {
    LevelHole hole;
    const Members levels(node, charge_level_words, errors);
    bool complete = true;
    for (std::size_t i = 0; i < charge_level_words.size(); ++i) {
        const Node* level = levels.need(charge_level_words[i], "one byte in hex, such as \"4D\"");
        const auto byte = level ? read_bytes(*level, 1, 1, errors) : std::nullopt;
        complete = complete && byte;
        hole.value[i] = byte ? byte->front() : std::uint8_t{0};
    }
    for (std::size_t i = 1; complete && i < charge_level_words.size(); ++i) {
        if (hole.value[i] == hole.value.front()) {
            errors.add(node.pointer, "allowed and " + std::string(charge_level_words[i]) +
                                         " are the same byte, so the Multi could not tell them apart");
        }
    }
    return complete ? std::optional{hole} : std::nullopt;
}

bool good_hole_name(std::string_view name) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789_";
    return !name.empty() && name.size() <= longest_hole_name &&
           name.find_first_not_of(letters) == std::string_view::npos;
}

/// A hole with an error in it is listed all the same: that the payload names it is no error.
NamedHole read_hole(std::string_view name, const Node& node, Errors& errors) {
    NamedHole hole{.name = name, .node = &node, .kind = FlagsHole{}};
    if (!good_hole_name(name)) {
        errors.add(node.pointer, "accepted as a hole's name: a to z, 0 to 9 and _, 1 to " +
                                     std::to_string(longest_hole_name) + " of them");
        return hole;
    }
    const Members members(node, hole_keys, errors);
    const Node* level = members.find("level");
    const bool flags = members.find("base") || members.find("bits");
    if (!node.object()) {
        return hole;
    }
    if ((level != nullptr) == flags) {
        errors.add(node.pointer, "flags or a level? Accepted: " + std::string{accepted_hole});
    } else if (level) {
        hole.kind = read_level(*level, errors).value_or(LevelHole{});
    } else {
        hole.kind = read_flags(members, errors).value_or(FlagsHole{});
    }
    return hole;
}

std::vector<NamedHole> read_holes(const Node* node, Errors& errors) {
    std::vector<NamedHole> holes;
    if (!node) {
        return holes;
    }
    if (!node->object()) {
        add_found(*node, "an object, {\"name\": hole, ...}", errors);
        return holes;
    }
    for (const auto& [name, member] : *node->object()) {
        holes.push_back(read_hole(name, member, errors));
    }
    return holes;
}

/// {name} -> name; empty when it is no hole.
std::string_view hole_name(std::string_view token) {
    const bool is_hole = token.size() > 2 && token.front() == '{' && token.back() == '}';
    return is_hole ? token.substr(1, token.size() - 2) : std::string_view{};
}

void read_token(std::string_view token, const Node& node, std::vector<NamedHole>& holes, FrameTemplate& frame,
                Errors& errors) {
    const auto name = hole_name(token);
    const auto byte = hex_byte(token);
    const auto hole =
        std::find_if(holes.begin(), holes.end(), [&](const NamedHole& it) { return it.name == name; });
    if (name.empty() && !byte) {
        errors.add(node.pointer,
                   in_quotes(token) + " is no byte; accepted: " + std::string{accepted_payload});
    } else if (!byte && hole == holes.end()) {
        errors.add(node.pointer, in_quotes(token) + " is no hole of this frame; describe it under \"holes\"");
    } else if (!byte) {
        hole->used = true;
        frame.holes.push_back({.index = frame.payload.size(), .kind = hole->kind});
    }
    frame.payload.push_back(byte.value_or(0));
}

void check_first_byte(const Node& node, const FrameTemplate& frame, Errors& errors) {
    const std::uint8_t first = frame.payload.front();
    if (!frame.holes.empty() && frame.holes.front().index == 0) {
        errors.add(node.pointer, "begins with a hole; the first byte says what the frame is: give it in hex");
    } else if (std::find(std::begin(commands), std::end(commands), first) != std::end(commands)) {
        errors.add(node.pointer, "begins with " + to_hex(first) +
                                     ", which commands the Multi; an info frame only informs, and what "
                                     "commands is the daemon's to decide");
    }
}

void read_payload(const Node& node, std::vector<NamedHole>& holes, FrameTemplate& frame, Errors& errors) {
    if (!node.text()) {
        add_found(node, accepted_payload, errors);
        return;
    }
    const auto tokens = split_at_blanks(*node.text());
    if (tokens.empty() || tokens.size() > max_payload_bytes) {
        errors.add(node.pointer, "found " + std::to_string(tokens.size()) + " bytes; accepted: 1 to " +
                                     std::to_string(max_payload_bytes) +
                                     ", so that the frame fits the wire when every byte is escaped");
        return;
    }
    for (const std::string_view token : tokens) {
        read_token(token, node, holes, frame, errors);
    }
    if (!errors.at_or_below(node.pointer)) {
        check_first_byte(node, frame, errors);
    }
}

void check_all_used(const std::vector<NamedHole>& holes, Errors& errors) {
    for (const NamedHole& hole : holes) {
        if (!hole.used && !errors.at_or_below(hole.node->pointer)) {
            errors.add(hole.node->pointer,
                       "not in the payload; write {" + std::string{hole.name} + "} where its byte is");
        }
    }
}

void read_intervals(const Members& members, FrameTemplate& frame, Errors& errors) {
    const auto range = [](Millis least, Millis most) {
        return "a whole number, " + std::to_string(least.count()) + " to " + std::to_string(most.count());
    };
    const Node* interval = members.need("interval_ms", range(shortest_interval, longest_interval));
    const auto normal =
        interval ? read_whole(*interval, shortest_interval.count(), longest_interval.count(), errors)
                 : std::nullopt;
    frame.interval = Millis{normal.value_or(longest_interval.count())};
    const Millis least = normal ? frame.interval : shortest_interval; // low power is never quicker [V]
    const Node* quiet = members.need("interval_quiet_ms", range(least, longest_interval_quiet));
    const auto low_power =
        quiet ? read_whole(*quiet, least.count(), longest_interval_quiet.count(), errors) : std::nullopt;
    frame.interval_quiet = Millis{low_power.value_or(longest_interval_quiet.count())};
}

FrameTemplate read_frame(const Node& node, Errors& errors) {
    FrameTemplate frame;
    const Members members(node, frame_keys, errors);
    auto holes = read_holes(members.find("holes"), errors);
    if (const Node* payload = members.need("payload", accepted_payload)) {
        read_payload(*payload, holes, frame, errors);
        if (!errors.at_or_below(payload->pointer)) {
            check_all_used(holes, errors);
        }
    }
    read_intervals(members, frame, errors);
    return frame;
}

void check_rate(const Node& node, const std::vector<FrameTemplate>& frames, Errors& errors) {
    double per_second = 0;
    for (const FrameTemplate& frame : frames) {
        per_second += 1000.0 / static_cast<double>(frame.interval.count());
    }
    if (per_second > max_frames_per_second) {
        errors.add(node.pointer, "together more than " + std::to_string(max_frames_per_second) +
                                     " frames a second, which leaves too few slots for commands; give longer "
                                     "interval_ms");
    }
}

/// Without these the Multi would be told for ever that all is well.
void check_tells_stops(const Node& node, const std::vector<FrameTemplate>& frames, Errors& errors) {
    bool low = false;
    bool high = false;
    for (const FrameTemplate& frame : frames) {
        for (const Hole& hole : frame.holes) {
            const auto* flags = std::get_if<FlagsHole>(&hole.kind);
            low = low || (flags && flags->mask[static_cast<std::size_t>(Signal::cell_low)] != 0);
            high = high || !flags || flags->mask[static_cast<std::size_t>(Signal::cell_high)] != 0;
        }
    }
    if (!low) {
        errors.add(node.pointer,
                   "no frame has a bit for cell_low: the Multi would discharge an empty battery");
    }
    if (!high) {
        errors.add(node.pointer, "no frame has a bit for cell_high or a level: the Multi would charge a full "
                                 "battery");
    }
}

std::vector<FrameTemplate> read_frames(const Node& node, Errors& errors) {
    std::vector<FrameTemplate> frames;
    const auto* list = node.list();
    if (!list || list->empty() || list->size() > max_frames) {
        add_found(node, "a list of 1 to " + std::to_string(max_frames) + " frames", errors);
        return frames;
    }
    for (const Node& one : *list) {
        frames.push_back(read_frame(one, errors));
    }
    if (!errors.at_or_below(node.pointer)) {
        check_rate(node, frames, errors);
        check_tells_stops(node, frames, errors);
    }
    return frames;
}

vebus::Address read_address(const Node& node, Errors& errors) {
    const auto bytes = read_bytes(node, 2, 2, errors);
    const vebus::Address address = bytes ? vebus::Address{bytes->front(), bytes->back()} : vebus::Address{};
    if (bytes && (address.first == vebus::end_of_frame || address.second == vebus::end_of_frame)) {
        errors.add(node.pointer, "FF ends every frame and cannot stand in an address");
    }
    if (address == vebus::multi_address) {
        errors.add(node.pointer, "83 83 is the Multi itself; give the address the BMS's frames begin with");
    }
    return address;
}

std::optional<vebus::Bytes> read_presence_reply(const Node& node, Errors& errors) {
    auto reply = read_bytes(node, shortest_reply, max_payload_bytes, errors);
    if (reply && (reply->front() != reply_head || reply->at(reply_type_index) != vebus::device_bms)) {
        errors.add(node.pointer, "found " + to_hex(reply->front()) + " first and " +
                                     to_hex(reply->at(reply_type_index)) +
                                     " at index 5; accepted: 20 first and 83 at index 5, the version as four "
                                     "bytes from index 6, or Venus OS does not see a BMS");
    }
    return reply;
}

void read_head(const Members& members, Profile& profile, Errors& errors) {
    if (const Node* format = members.need("format", accepted_format)) {
        read_whole(*format, 1, 1, errors);
    }
    if (const Node* name = members.need("name", "a name for the log")) {
        profile.name = read_text(*name, longest_name, errors).value_or("");
    }
    if (const Node* source = members.need("source", accepted_source)) {
        profile.source = read_text(*source, longest_source, errors).value_or("");
    }
    const Node* wire = members.need("wire", "\"vebus\"");
    if (wire && (!wire->text() || *wire->text() != "vebus")) {
        add_found(*wire, "\"vebus\", the raw bus: how an MK3 would send such frames is not known", errors);
    }
    if (const Node* address = members.need("address", accepted_address)) {
        profile.address = read_address(*address, errors);
    }
}

} // namespace

std::variant<Profile, std::vector<Error>> parse(std::string_view json_text) {
    Errors errors;
    Profile profile;
    if (json_text.size() > max_file_bytes) {
        errors.add("", "found " + std::to_string(json_text.size()) + " bytes; accepted: at most " +
                           std::to_string(max_file_bytes) + "; is this a capture instead of a profile?");
        return errors.take();
    }
    const auto root = read_json(json_text, errors);
    if (root) {
        const Members members(*root, profile_keys, errors);
        read_head(members, profile, errors);
        if (const Node* frames = members.need("frames", "a list of frames")) {
            profile.frames = read_frames(*frames, errors);
        }
        if (const Node* reply = members.find("presence_reply")) {
            profile.presence_reply = read_presence_reply(*reply, errors);
        }
    }
    if (!errors.empty()) {
        return errors.take();
    }
    return profile;
}

} // namespace bms::profile
