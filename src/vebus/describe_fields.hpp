// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/vebus/describe.hpp"

#include <span>

namespace bms::vebus {

struct Word {
    int number;
    std::string_view text;
};

/// "0x0A", with as many digits as the size of the number asks for.
std::string hex(std::uint32_t number, int digits);

/// Gathers the fields of one message.
class Fields {
  public:
    Fields& text(std::string name, std::string_view value, std::string unit = {});
    Fields& yes_no(std::string name, bool);
    /// A count without a known scale.
    Fields& raw(std::string name, std::int64_t);
    Fields& number(std::string name, std::int64_t);
    /// digits: after the point.
    Fields& value(std::string name, double, int digits, std::string unit);
    Fields& hex8(std::string name, std::uint8_t);
    /// The word of the number, or the number as hex.
    Fields& word(std::string name, std::uint8_t, std::span<const Word>);
    /// The name of the number, or where it has none the number as hex.
    Fields& named(std::string name, std::uint8_t, std::optional<std::string_view>);
    /// byte_N or bytes_N_to_M; nothing when there are none. index: of the first one in the frame.
    Fields& bytes(std::size_t index, ByteView);
    /// Bytes whose name is known and whose layout is not; "none" when there are none.
    Fields& named_bytes(std::string name, ByteView);

    std::vector<Field> take() { return std::move(gathered); }

  private:
    std::vector<Field> gathered;
};

std::vector<Field> describe(const ReadRam&);
std::vector<Field> describe(const RamValues&);
std::vector<Field> describe(const ReadSetting&);
std::vector<Field> describe(const SettingValue&);
std::vector<Field> describe(const AskSettingInfo&);
std::vector<Field> describe(const SettingInfo&);
std::vector<Field> describe(const WriteById&);
std::vector<Field> describe(const WinmonVerdict&);
std::vector<Field> describe(const AskLeds&);
std::vector<Field> describe(const LedReport&);
std::vector<Field> describe(const AskVersion&);
std::vector<Field> describe(const VersionPart&);
std::vector<Field> describe(const AskDeviceState&);
std::vector<Field> describe(const DeviceStateReport&);
std::vector<Field> describe(const AskRamInfo&);
std::vector<Field> describe(const RamInfo&);
std::vector<Field> describe(const AskSnapshot&);
std::vector<Field> describe(const SnapshotValues&);
std::vector<Field> describe(const NameForWrite&);
std::vector<Field> describe(const WriteNamed&);
std::vector<Field> describe(const AskSwitchAndLimit&);
std::vector<Field> describe(const SwitchAndLimit&);
std::vector<Field> describe(const AskEnergyCounters&);
std::vector<Field> describe(const EnergyCounters&);
std::vector<Field> describe(const AccessPassword&);
std::vector<Field> describe(const AccessReply&);
std::vector<Field> describe(const AskSerialNumber&);
std::vector<Field> describe(const SerialNumber&);
std::vector<Field> describe(const AskExtraFlagAccess&);
std::vector<Field> describe(const ExtraFlagAccess&);

/// led_mains to led_temperature, and what they mean together.
void add_leds(Fields&, std::uint8_t on, std::uint8_t blink);

} // namespace bms::vebus
