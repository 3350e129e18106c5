// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// A link and its peer in virtual time, with an adapter between them that loses frames and is late. Goes from
// event to event; nothing sleeps.
#pragma once

#include "bms/vebus/link.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <random>

namespace bms::test {

struct Adapter {
    double loss = 0.0;                  ///< share of the frames that vanish, either way
    Duration jitter = Duration::zero(); ///< bytes for the host are late by 0 to this, evenly spread, in order
};

/// Peer: receive(ByteView, Instant), poll(Instant) -> Bytes, next_deadline(), as the simulated Multi has
/// them.
template<typename Peer>
class VirtualWire {
  public:
    VirtualWire(vebus::Link& link_, Peer& peer_, Adapter adapter_, Instant start, std::uint32_t seed)
        : now(start), link(link_), peer(peer_), adapter(adapter_), random(seed) {}

    void run(Duration time) {
        run_until(time, [] { return false; });
    }

    /// True when `reached` came true within `limit`; asked after everything that happens.
    bool run_until(Duration limit, const std::function<bool()>& reached) {
        const Instant end = now + limit;
        while (!reached()) {
            const Instant arrives = late.empty() ? never : late.front().at;
            const Instant next =
                std::min({arrives, peer.next_deadline(), std::max(now, link.next_deadline())});
            if (next > end) {
                now = end;
                return false;
            }
            happen(std::max(now, next), arrives);
        }
        return true;
    }

    /// Nothing is on the wire for so long: a day between two events costs nothing.
    void skip(Duration time) {
        late.clear();
        now += time;
    }

    Instant now;
    std::function<void(const vebus::Bytes&)> on_sent; ///< what the link writes

  private:
    struct Chunk {
        Instant at;
        vebus::Bytes bytes;
    };

    void happen(Instant at, Instant arrives) {
        now = at;
        if (arrives <= now) {
            const vebus::Bytes bytes = std::move(late.front().bytes);
            late.pop_front();
            link.receive(bytes, now);
        }
        if (peer.next_deadline() <= now) {
            heard(peer.poll(now));
        }
        send(link.poll(now));
    }

    void heard(vebus::Bytes bytes) {
        if (bytes.empty() || lost()) {
            return;
        }
        const Duration spread{
            std::uniform_int_distribution<Duration::rep>(0, adapter.jitter.count())(random)};
        const Instant in_order = late.empty() ? now : late.back().at;
        late.push_back({std::max(now + spread, in_order), std::move(bytes)});
    }

    void send(const vebus::Bytes& bytes) {
        if (bytes.empty()) {
            return;
        }
        if (on_sent) {
            on_sent(bytes);
        }
        if (!lost()) {
            peer.receive(bytes, now);
        }
    }

    bool lost() { return std::bernoulli_distribution(adapter.loss)(random); }

    vebus::Link& link;
    Peer& peer;
    Adapter adapter;
    std::mt19937 random;
    std::deque<Chunk> late;
};

} // namespace bms::test
