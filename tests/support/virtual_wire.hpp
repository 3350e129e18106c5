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
    Duration byte_time = Duration::zero(); ///< a chunk is whole after as many of these as it has bytes
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
            const Instant next = std::min({arrives, sent.empty() ? never : sent.front().at,
                                           peer.next_deadline(), std::max(now, link.next_deadline())});
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
        sent.clear();
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
        if (!sent.empty() && sent.front().at <= now) {
            const vebus::Bytes bytes = std::move(sent.front().bytes);
            sent.pop_front();
            peer.receive(bytes, now);
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
        late.push_back({std::max(now + spread, line_free(late)) + line_time(bytes), std::move(bytes)});
    }

    void send(const vebus::Bytes& bytes) {
        if (bytes.empty()) {
            return;
        }
        if (on_sent) {
            on_sent(bytes);
        }
        if (!lost()) {
            sent.push_back({line_free(sent) + line_time(bytes), bytes});
        }
        if (adapter.byte_time == Duration::zero() && !sent.empty()) {
            peer.receive(sent.front().bytes, now);
            sent.clear();
        }
    }

    Instant line_free(const std::deque<Chunk>& before) const {
        return before.empty() ? now : std::max(now, before.back().at);
    }
    Duration line_time(const vebus::Bytes& bytes) const {
        return adapter.byte_time * static_cast<Duration::rep>(bytes.size());
    }

    bool lost() { return std::bernoulli_distribution(adapter.loss)(random); }

    vebus::Link& link;
    Peer& peer;
    Adapter adapter;
    std::mt19937 random;
    std::deque<Chunk> late, sent; ///< on their way to the host, and to the peer
};

} // namespace bms::test
