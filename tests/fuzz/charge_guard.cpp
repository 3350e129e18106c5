// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The guard over chargers and inverters: services that come and go and answer anything, permissions, time.
// Judged from outside: whom it may ask and accuse, and when.
#include "bms/guard/charge_guard.hpp"

#include "support/venus_script.hpp"

#include <set>

using namespace bms::guard;
using bms::Instant;
using bms::fuzz::require;
using bms::fuzz::Script;
using namespace std::chrono_literals;

namespace {

const std::string names[] = {"com.victronenergy.system",         "com.victronenergy.platform",
                             "com.victronenergy.solarcharger.a", "com.victronenergy.solarcharger.b",
                             "com.victronenergy.alternator.c",   "com.victronenergy.multi.d",
                             "com.victronenergy.inverter.e",     "com.victronenergy.vebus.f",
                             "com.victronenergy.dcgenset.g",     "com.victronenergy.settings"};

class Bus {
  public:
    void step(Script& script) {
        const std::uint8_t op = script.byte(), value = script.byte();
        const std::string& name = names[value % std::size(names)];
        switch (op % 8) {
        case 0:
            present.insert(name);
            guard.appeared(name, now);
            break;
        case 1:
            present.erase(name);
            guard.vanished(name, now);
            break;
        case 2:
        case 3:
        case 4:
            if (const auto request = pending.take(value)) {
                guard.answered(*request, bms::fuzz::value_from(script), now);
            }
            break;
        case 5:
            permit({(value & 1) != 0, (value & 2) != 0, (value & 4) != 0 && (value & 1) == 0});
            break;
        default:
            now = value < 128 ? now + value * 100ms
                              : std::max(now, std::min(guard.next_deadline(), now + 2min));
        }
        permit(permitted); // as in every round
        look();
    }

  private:
    void permit(const Permitted& wanted) {
        charge_since = wanted.charge == permitted.charge ? charge_since : now;
        discharge_since = wanted.discharge == permitted.discharge ? discharge_since : now;
        permitted = wanted;
        guard.permit(permitted, now);
    }

    void look() {
        const auto requests = guard.due(now);
        require(requests.size() <= 80, "asks too much at once");
        for (const Request& request : requests) {
            require(present.contains(request.service), "asks a service that is not there");
            require(!bms::venus::is_valid(request.write) || request.service == names[1],
                    "writes to another service than the platform");
        }
        pending.add(requests);
        require(guard.next_deadline() > now, "a deadline that has passed after due()");
        accuse(guard.charging(), permitted.charge, charge_since, "a charger");
        accuse(guard.drawing(), permitted.discharge, discharge_since, "an inverter");
        require(guard.take_news().size() <= 20, "says too much at once");
        require(guard.advice().size() < 600, "advice grows");
    }

    void accuse(const std::vector<Offence>& offences, bool allowed, Instant since, const char* who) const {
        for (const Offence& offence : offences) {
            require(present.contains(offence.service), "accuses a service that is not there");
            require(!allowed, who);
            require(now - since >= obeyed_within, "accuses before it can have obeyed");
            require(std::isfinite(offence.current_a), "a current that is no number");
            require(!offence.words.empty() && offence.words.size() < 600, "words without measure");
        }
    }

    ChargeGuard guard;
    std::set<std::string> present;
    Permitted permitted{.charge = true, .discharge = true};
    Instant charge_since{}, discharge_since{};
    bms::fuzz::Pending pending;
    Instant now = Instant(1h);
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Script script({data, std::min<std::size_t>(size, 512)});
    Bus bus;
    while (!script.done()) {
        bus.step(script);
    }
    return 0;
}
