// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The Multi behind another driver's service: services that come and go, say anything and answer anything,
// time, wishes. Judged from outside: what may be asked and written.
#include "bms/guard/venus_link.hpp"

#include "support/venus_script.hpp"

#include <set>

using namespace bms::guard;
using bms::Instant;
using bms::fuzz::require;
using bms::fuzz::Script;
using bms::vebus::ListenOnly;
using bms::vebus::SwitchState;
using bms::vebus::Wanted;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_at_once = VenusLink::paths.size() + 4;

/// As Victron documents /Mode.
int mode_number(SwitchState mode) {
    constexpr int numbers[] = {4, 1, 2, 3};
    return numbers[static_cast<std::size_t>(mode) - 4];
}

class Bus {
  public:
    explicit Bus(std::uint8_t bits)
        : transmit((bits & 1) == 0),
          link({.transmit = transmit, .service = (bits & 2) != 0 ? name_of(0) : std::string()}) {}

    void step(Script& script) {
        const std::uint8_t op = script.byte(), value = script.byte();
        switch (op % 10) {
        case 0:
            present.insert(name_of(value));
            link.appeared(name_of(value), now);
            break;
        case 1:
            present.erase(name_of(value));
            link.vanished(name_of(value), now);
            break;
        case 2:
        case 3:
            link.told(name_of(value), VenusLink::paths.at(value / 4 % VenusLink::paths.size()),
                      bms::fuzz::value_from(script), now);
            break;
        case 4:
        case 5:
            answer(value, script);
            break;
        case 6:
            wanted = Wanted{.mode = static_cast<SwitchState>(4 + value % 4), .insist = (value & 0x80) != 0};
            link.want(wanted, now);
            break;
        case 7:
            wanted.reset();
            link.want(wanted, now);
            break;
        case 8:
            value % 2 == 0 ? link.resume(now) : link.repeat_mode_every(value * 20ms + 20ms);
            break;
        default:
            now =
                value < 128 ? now + value * 50ms : std::max(now, std::min(link.next_deadline(), now + 1min));
        }
        look();
    }

  private:
    static std::string name_of(unsigned number) {
        return "com.victronenergy.vebus.tty" + std::to_string(number % 4);
    }

    void answer(std::uint8_t which, Script& script) {
        const auto request = pending.take(which);
        if (!request) {
            return;
        }
        const auto value = bms::fuzz::value_from(script);
        const auto* code = std::get_if<std::int32_t>(&value);
        if (bms::venus::is_valid(request->write)) {
            link.written(*request, code != nullptr ? std::optional<int>(*code) : std::nullopt, now);
        } else {
            link.answered(*request, which % 4 == 0 ? std::nullopt : std::optional(value), now);
        }
    }

    void look() {
        const auto requests = link.due(now);
        require(requests.size() <= most_at_once, "asks too much at once");
        std::size_t writes = 0;
        for (const Request& request : requests) {
            require(request.service == link.target() && !request.service.empty(),
                    "asks another service than its own");
            writes += bms::venus::is_valid(request.write) ? 1U : 0U;
            bms::venus::is_valid(request.write) ? judge_write(request) : judge_question(request);
        }
        require(writes <= 1, "writes twice at once");
        pending.add(requests);
        require(link.next_deadline() > now, "a deadline that has passed after due()");
        require(link.target().empty() || present.contains(link.target()),
                "commands a service that is not there");
        require(link.target().empty() || link.problem().empty(), "a problem though there is one to command");
        const auto& status = link.status();
        require(!status.heard || !link.target().empty(), "hears a service that is not there");
        require(status.listen_only_reason.size() < 400 && link.problem().size() < 400, "a reason grows");
    }

    void judge_write(const Request& request) const {
        require(transmit, "writes although it may only watch");
        require(wanted.has_value(), "writes although nothing is wanted");
        require(link.status().listen_only == ListenOnly::no, "writes while it only listens");
        require(request.path == "/Mode" && number_of(request.write) == mode_number(wanted->mode),
                "writes something else than the wanted mode");
    }
    static void judge_question(const Request& request) {
        require(std::ranges::find(VenusLink::paths, request.path) != VenusLink::paths.end(),
                "asks for something else");
    }

    bool transmit;
    VenusLink link;
    std::set<std::string> present;
    std::optional<Wanted> wanted;
    bms::fuzz::Pending pending;
    Instant now = Instant(1h);
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Script script({data, std::min<std::size_t>(size, 512)});
    Bus bus(script.byte());
    while (!script.done()) {
        bus.step(script);
    }
    return 0;
}
