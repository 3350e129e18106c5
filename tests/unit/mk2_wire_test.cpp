// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The link through an MK3 on a line of 2400 baud that loses frames, with the simulated interface at its end.
#include "sim/mk3_front.hpp"
#include "support/virtual_wire.hpp"

#include "bms/mk2/mk3_link.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace bms::mk2 {
namespace {

constexpr Instant start = Instant(1h);
constexpr vebus::Wanted veto{
    .mode = vebus::SwitchState::charger_only, .charge = vebus::ChargeOrder::stop, .insist = true};

struct Wired {
    explicit Wired(double loss, std::uint32_t seed = 1)
        : wire(link, front, {.loss = loss, .byte_time = Duration(1s) / (mk3_baud / 10)}, start, seed) {
        link.want(vebus::Wanted{});
    }
    /// Target and flags are forgotten, and nothing is missed meanwhile.
    void interface_restarts() {
        std::destroy_at(&front);
        std::construct_at(&front, system, wire.now);
    }
    bool reached_within(Duration limit) {
        return wire.run_until(limit, [&] {
            return link.status().remote_mode == veto.mode && link.status().charge_order_in_force;
        });
    }

    Mk3Link link{vebus::LinkSettings{.transmit = true}};
    sim::System system{start};
    sim::Mk3Front front{system, start};
    test::VirtualWire<sim::Mk3Front> wire;
};

TEST(Mk3Wire, AnInterfaceThatRestartsBetweenTwoAnswersIsSetUpAgain) {
    for (int i = 0; i < 40; ++i) {
        Wired wired(0);
        wired.wire.run(15s + i * Duration(25ms));
        wired.interface_restarts();
        wired.link.want(veto);
        ASSERT_TRUE(wired.reached_within(8s)) << "step " << i << ": " << wired.link.status().charge_stop.why;
    }
}

/// Units that know no command that writes.
struct Refusing {
    void receive(ByteView bytes, Instant now) { front.receive(bytes, now); }
    Bytes poll(Instant now) {
        const Bytes said = front.poll(now);
        const Decoded decoded = decode(said);
        const auto* frame = std::get_if<Frame>(&decoded);
        const auto* winmon = frame ? std::get_if<Winmon>(&frame->message) : nullptr;
        const bool verdict = winmon && std::holds_alternative<vebus::WinmonVerdict>(winmon->message);
        return verdict ? encode(Winmon{.message = vebus::WinmonVerdict{}}) : said;
    }
    Instant next_deadline() const { return front.next_deadline(); }

    sim::System system{start};
    sim::Mk3Front front{system, start};
};

TEST(Mk3Wire, AUnitThatReallyDoesNotKnowTheCommandIsBelievedOnceTheInterfaceIsKnownToBeWell) {
    Mk3Link link{vebus::LinkSettings{.transmit = true}};
    Refusing refusing;
    test::VirtualWire wire(link, refusing, {}, start, 1);
    link.want(veto);
    ASSERT_TRUE(wire.run_until(20s, [&] { return link.status().found.firmware.has_value(); }));
    EXPECT_TRUE(wire.run_until(10s, [&] {
        return link.status().charge_stop.known == vebus::Capability::Known::no;
    })) << link.status().charge_stop.why;
}

TEST(Mk3Wire, LostFramesDelayAVetoButDoNotPreventIt) {
    struct Bound {
        double loss;
        Duration limit;
    };
    for (const Bound& bound : {Bound{0.01, 10s}, Bound{0.05, 15s}, Bound{0.20, 45s}}) {
        for (std::uint32_t seed = 1; seed <= 30; ++seed) {
            Wired wired(bound.loss, seed);
            wired.wire.run(20s);
            wired.link.want(veto);
            ASSERT_TRUE(wired.reached_within(bound.limit)) << bound.loss << ", seed " << seed;
            EXPECT_EQ(wired.system.eeprom_writes(), 0U);
        }
    }
}

} // namespace
} // namespace bms::mk2
