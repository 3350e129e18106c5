// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// What a VE.Bus BMS says of itself on the bus. The bytes of a real one are not public: who knows them hands
// them to a link through this interface (bms/profile/emitter.hpp reads them from a file).
#pragma once

#include "bms/time.hpp"
#include "bms/vebus/frame.hpp"

namespace bms::vebus {

struct InfoFrame {
    Address from;
    Bytes payload; ///< not stuffed
    bool operator==(const InfoFrame&) const = default;
};

class InfoFrames {
  public:
    InfoFrames() = default;
    InfoFrames(const InfoFrames&) = delete;
    InfoFrames& operator=(const InfoFrames&) = delete;
    virtual ~InfoFrames() = default;

    /// Where all of them come from.
    virtual Address address() const = 0;
    /// The frame to send now, if any; it counts as sent.
    virtual std::optional<InfoFrame> due(Instant now) = 0;
    /// When due() has the next one; never while there is nothing to say.
    virtual Instant next_due() const = 0;
    /// The answer to a poll heard on the bus; nothing when the poll is not for a BMS.
    virtual std::optional<InfoFrame> answer_to(const DevicePoll&) = 0;
};

} // namespace bms::vebus
