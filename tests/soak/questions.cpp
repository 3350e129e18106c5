// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "soak/questions.hpp"

#include "bms/venus/paths.hpp"

#include <stdexcept>
#include <utility>

namespace bms::soak {
namespace {

constexpr int most_at_once = 64;

} // namespace

Questions::Questions(std::string service) : service_(std::move(service)) {
    sd_bus* opened = nullptr;
    if (sd_bus_open_user(&opened) < 0) {
        throw std::runtime_error("the private bus does not answer");
    }
    bus_.reset(opened);
}

bool Questions::ask_and_receive(int times) {
    int more = 0;
    do {
        while (asked_ < times && asked_ - answered_ < most_at_once) {
            ask();
        }
        more = sd_bus_process(bus_.get(), nullptr);
    } while (more > 0);
    if (more < 0) {
        throw std::runtime_error("the private bus has gone");
    }
    if (!failure_.empty()) {
        throw std::runtime_error("a question was answered with an error: " + failure_);
    }
    return answered_ >= times;
}

/// The daemon here has the vebus role; other rows it has not.
static const venus::Row& row_of_the_role(std::size_t turn) {
    std::size_t at = turn % venus::path_count;
    while (!belongs(venus::paths[at], venus::Role::vebus)) {
        at = (at + 1) % venus::path_count;
    }
    return venus::paths[at];
}

/// Every second one writes: mostly what is refused, what is beyond the range or what is so already; one in
/// ten thousand is a wish that is taken.
void Questions::ask() {
    const int turn = asked_++;
    const auto& row = row_of_the_role(static_cast<std::size_t>(turn / 2));
    if (turn % 2 == 0) {
        return send(row.path.data(), "GetValue", nullptr, 0);
    }
    const std::uint32_t wish = turn / 10'000 % 2 == 0 ? 3 : 1;
    switch (turn % 8) {
    case 1:
        return send(row.path.data(), "SetValue", "s", 0);
    case 3:
        return send("/Mode", "SetValue", "u", 9);
    default:
        return send("/Mode", "SetValue", "u", wish);
    }
}

void Questions::send(const char* path, const char* method, const char* value_type, std::uint32_t value) {
    sd_bus_message* call = nullptr;
    sd_bus_message_new_method_call(bus_.get(), &call, service_.c_str(), path, "com.victronenergy.BusItem",
                                   method);
    if (value_type && *value_type == 's') {
        sd_bus_message_append(call, "v", "s",
                              "a text that nothing takes, as it is longer than the 128 bytes "
                              "that a name may have: 0123456789012345678901234567890123456789"
                              "0123456789");
    } else if (value_type) {
        sd_bus_message_append(call, "v", "u", value);
    }
    const int sent = sd_bus_call_async(bus_.get(), nullptr, call, &Questions::answered, this, 0);
    sd_bus_message_unref(call);
    if (sent < 0) {
        throw std::runtime_error("the private bus takes no more questions");
    }
}

int Questions::answered(sd_bus_message* reply, void* self, sd_bus_error*) {
    auto& questions = *static_cast<Questions*>(self);
    if (sd_bus_message_is_method_error(reply, nullptr)) {
        questions.failure_ = sd_bus_message_get_error(reply)->name;
    }
    ++questions.answered_;
    return 0;
}

} // namespace bms::soak
