// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/guard/charge_guard.hpp"

#include "offence_words.hpp"

#include "bms/guard/versions.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bms::guard {
namespace {

constexpr auto current_path = "/Dc/0/Current";
constexpr auto dvcc_path = "/Control/Dvcc";
constexpr auto systemcalc_version_path = "/Mgmt/ProcessVersion";
constexpr auto venus_version_path = "/Firmware/Installed/Version";
constexpr auto notify_path = "/Notifications/Inject";

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

/// At most so much of a name that another service has given itself.
std::string shortened(std::string text) {
    constexpr std::size_t most = 64;
    std::erase_if(text, [](unsigned char c) { return c < ' '; });
    return text.substr(0, most);
}

} // namespace

void ChargeGuard::permit(const Permitted& permitted, Instant now) {
    const bool first = !std::exchange(permitted_known_, true);
    const Permitted before = std::exchange(permitted_, permitted);
    if (!permitted.charge && (first || before.charge)) {
        charge_stopped_ = now;
        look_at_all(now + disobeying_every, true);
    }
    if (!permitted.discharge && (first || before.discharge)) {
        loads_stopped_ = now;
        look_at_all(now + disobeying_every, false);
    }
    if (!permitted.charge && before.multi_may_charge && !permitted.multi_may_charge) {
        look_at_multis(now + disobeying_every);
    }
    if (first || before != permitted) {
        for (auto& [service, device] : devices_) {
            judge(service, device, now);
        }
        list_offences(now);
    }
}

void ChargeGuard::look_at_all(Instant at, bool charge) {
    for (auto& [service, device] : devices_) {
        (charge ? device.charge : device.draw) = {};
        if (charge ? charge_watched(service) : draw_watched(device)) {
            device.current_a.reset(); // of before the stop
            device.ask_at = std::min(device.ask_at, at);
        }
    }
}

/// They were told later than the others, and have their own time.
void ChargeGuard::look_at_multis(Instant at) {
    for (auto& [service, device] : devices_) {
        if (class_of(service) == "vebus") {
            device.charge = {.obeyed = true};
            device.current_a.reset();
            device.ask_at = std::min(device.ask_at, at);
        }
    }
}

void ChargeGuard::appeared(const std::string& service, Instant now) {
    const std::string_view kind = class_of(service);
    if (kind == "system") {
        system_ = service;
        ask_dvcc_at_ = now;
        version_rounds_ = 0;
        ask_versions();
    } else if (kind == "platform") {
        platform_ = service;
        version_rounds_ = 0;
        ask_versions();
    }
    const bool can_draw = is_one_of(kind, {"vebus", "inverter", "multi"});
    const bool can_charge =
        can_draw || is_one_of(kind, {"solarcharger", "alternator", "charger", "dcgenset"});
    if (can_charge && devices_.size() < most_services) {
        Device& device = devices_[service] = {.can_draw = can_draw};
        if (charge_watched(service) || draw_watched(device)) { // a charger that is plugged in has
            device.charge.obeyed = device.draw.obeyed = true;  // its time too
            device.ask_at = now + disobeying_every;
        }
    }
}

/// What is not known yet: a service may have its name before it has its paths.
void ChargeGuard::ask_versions() {
    const auto ask = [this](const std::string& service, const char* path, const std::string& known) {
        const Request request{service, path};
        if (!service.empty() && known.empty() && std::ranges::find(queue_, request) == queue_.end()) {
            queue_.push_back(request);
        }
    };
    ask(system_, systemcalc_version_path, systemcalc_version_);
    ask(platform_, venus_version_path, venus_version_);
}

void ChargeGuard::vanished(const std::string& service, Instant now) {
    std::erase_if(queue_, [&](const Request& request) { return request.service == service; });
    if (service == system_) {
        system_.clear();
        systemcalc_version_.clear();
        dvcc_.reset();
        ask_dvcc_at_ = never;
    } else if (service == platform_) {
        platform_.clear();
        venus_version_.clear();
    } else if (devices_.erase(service) != 0) {
        list_offences(now);
    }
}

std::vector<Request> ChargeGuard::due(Instant now) {
    if (now >= ask_dvcc_at_) {
        ask_dvcc_at_ = now + (dvcc_ == 0 ? dvcc_off_every : dvcc_every);
        queue_.push_back({system_, dvcc_path});
        if (version_rounds_ < most_version_rounds) {
            ++version_rounds_;
            ask_versions();
        }
    }
    std::vector<Request> requests = std::exchange(queue_, {});
    for (auto& [service, device] : devices_) {
        if (now >= device.ask_at) {
            device.ask_at = now + std::max(pace(device, now), answer_within); // the answer brings it forward
            requests.push_back({service, current_path});
        }
    }
    return requests;
}

Instant ChargeGuard::next_deadline() const {
    Instant next = queue_.empty() ? ask_dvcc_at_ : Instant::min();
    for (const auto& [service, device] : devices_) {
        next = std::min(next, device.ask_at);
    }
    return next;
}

void ChargeGuard::answered(const Request& request, const venus::Value& value, Instant now) {
    if (request.service == system_ && request.path == dvcc_path) {
        dvcc_ = whole_of(value);
        if (dvcc_ == 0) {
            ask_dvcc_at_ = std::min(ask_dvcc_at_, now + dvcc_off_every);
        }
        tell_advice(now);
    } else if (request.service == system_ && request.path == systemcalc_version_path) {
        systemcalc_version_ = shortened(text_of(value));
        tell_advice(now);
    } else if (request.service == platform_ && request.path == venus_version_path) {
        venus_version_ = shortened(text_of(value));
        tell_advice(now);
    } else if (const auto found = devices_.find(request.service); found != devices_.end()) {
        answered_device(found->second, request, value, now);
        judge(found->first, found->second, now);
        list_offences(now);
    }
}

void ChargeGuard::answered_device(Device& device, const Request& request, const venus::Value& value,
                                  Instant now) {
    if (request.path == current_path) {
        device.current_a = number_of(value);
        if (device.ask_at != never) {
            device.ask_at = now; // judge() adds the pace
        }
    } else if (request.path == "/State") {
        device.state = whole_of(value);
    } else if (request.path == "/N2kDeviceInstance") {
        device.n2k_instance = whole_of(value);
    } else if (request.path == "/IsInverterCharger") {
        device.is_inverter_charger = whole_of(value);
    } else if (request.path == "/CustomName") {
        device.custom_name = shortened(text_of(value));
    } else if (request.path == "/ProductName") {
        device.product_name = shortened(text_of(value));
    }
}

// ------------------------------------------------------------------------------------------ who goes on

bool ChargeGuard::charge_watched(std::string_view service) const {
    const bool spared = permitted_.multi_may_charge && class_of(service) == "vebus";
    return permitted_known_ && !permitted_.charge && !spared;
}

bool ChargeGuard::draw_watched(const Device& device) const {
    return permitted_known_ && !permitted_.discharge && device.can_draw;
}

/// Over a limit for as long as an order may take: named. Not known: as it was.
void ChargeGuard::judge(Watch& watch, bool over, Instant stopped, Instant now) {
    if (!over) {
        watch = {.obeyed = true};
        return;
    }
    watch.over_since = watch.over_since.value_or(watch.obeyed ? now : stopped);
    watch.named = watch.named || now - *watch.over_since >= obeyed_within;
}

void ChargeGuard::judge(const std::string& service, Device& device, Instant now) {
    const bool charge = charge_watched(service);
    const bool draw = draw_watched(device);
    if (charge && device.current_a) {
        const double most = device.can_draw ? inverter_may_push_a : charger_may_push_a;
        judge(device.charge, *device.current_a > most, charge_stopped_, now);
    } else if (!charge) {
        device.charge = {};
    }
    if (draw && device.current_a) {
        judge(device.draw, *device.current_a < -inverter_may_draw_a, loads_stopped_, now);
    } else if (!draw) {
        device.draw = {};
    }
    if (!charge && !draw) {
        device.ask_at = never;
    } else if (device.ask_at <= now) {
        device.ask_at = now + pace(device, now);
    }
    if ((device.charge.over_since || device.draw.over_since) && !std::exchange(device.details_asked, true)) {
        ask_details(service);
    }
}

Duration ChargeGuard::pace(const Device& device, Instant now) const {
    if (device.charge.over_since || device.draw.over_since) {
        return disobeying_every;
    }
    const Instant latest = std::max(charge_stopped_, loads_stopped_);
    const bool young = now - latest < obeyed_within;
    return young && !device.current_a ? disobeying_every : obeying_every;
}

void ChargeGuard::ask_details(const std::string& service) {
    for (const char* path :
         {"/CustomName", "/ProductName", "/State", "/N2kDeviceInstance", "/IsInverterCharger"}) {
        queue_.push_back({service, path});
    }
}

void ChargeGuard::list_offences(Instant now) {
    std::vector<Offence> charging, drawing;
    const bool another_vebus =
        std::ranges::any_of(devices_, [](const auto& device) { return class_of(device.first) == "vebus"; });
    for (const auto& [service, device] : devices_) {
        const OffenderFacts facts{.service = service,
                                  .name =
                                      device.custom_name.empty() ? device.product_name : device.custom_name,
                                  .state = device.state,
                                  .n2k_instance = device.n2k_instance,
                                  .is_inverter_charger = device.is_inverter_charger,
                                  .dvcc = dvcc_,
                                  .beside_another_vebus = another_vebus};
        if (device.charge.named) {
            charging.push_back({service, facts.name, device.current_a.value_or(0), charging_words(facts)});
        }
        if (device.draw.named) {
            drawing.push_back({service, facts.name, device.current_a.value_or(0), drawing_words(facts)});
        }
    }
    compare(charging_, charging, charging_count_, now);
    compare(drawing_, drawing, drawing_count_, now);
    charging_ = std::move(charging);
    drawing_ = std::move(drawing);
}

// ------------------------------------------------------------------------------------------ the words

void ChargeGuard::compare(const std::vector<Offence>& before, const std::vector<Offence>& after,
                          std::uint32_t& count, Instant now) {
    const auto in = [](const std::vector<Offence>& list, const std::string& service) {
        return std::ranges::find(list, service, &Offence::service) != list.end();
    };
    for (const Offence& offence : after) {
        if (!in(before, offence.service)) {
            ++count;
            news_.push_back({News::Kind::alarm, with_amperes(offence.words, offence.current_a)});
            notify(true, offence.name, offence.words, now);
        }
    }
    for (const Offence& offence : before) {
        if (!in(after, offence.service)) {
            news_.push_back({News::Kind::good, "over: " + offence.words});
        }
    }
}

std::string ChargeGuard::advice() const {
    std::string words = dvcc_ == 0 ? std::string(dvcc_is_off) : "";
    const std::string version = system_.empty() ? "" : version_advice(venus_version_, systemcalc_version_);
    return words + (words.empty() || version.empty() ? "" : ". ") + version;
}

/// Each word once while it holds. Answers come in any order: nothing is said before DVCC's is there.
void ChargeGuard::tell_advice(Instant now) {
    const std::string words = advice();
    if (!dvcc_ && words.empty()) {
        return;
    }
    if (words != std::exchange(told_advice_, words)) {
        news_.push_back(words.empty()
                            ? News{News::Kind::good, "DVCC and the version of Venus OS are in order"}
                            : News{News::Kind::warning, words});
        if (dvcc_ == 0) {
            notify(false, "", std::string(dvcc_is_off), now);
        }
    }
}

/// Venus OS shows it on the GX device and in VRM: type (0 warning, 1 alarm), who, what.
void ChargeGuard::notify(bool alarm, const std::string& who, const std::string& words, Instant now) {
    if (platform_.empty() || (notified_ && now - *notified_ < notified_every)) {
        return;
    }
    notified_ = now;
    inject(alarm, who.empty() ? "VE.Bus BMS" : who, words);
}

void ChargeGuard::inject(bool alarm, const std::string& who, const std::string& words) {
    queue_.push_back({platform_, notify_path, (alarm ? "1\t" : "0\t") + who + "\t" + words});
}

void ChargeGuard::announce(bool alarm, const std::string& words) {
    if (!platform_.empty()) {
        inject(alarm, "VE.Bus BMS", words);
    }
}

std::vector<News> ChargeGuard::take_news() { return std::exchange(news_, {}); }

} // namespace bms::guard
