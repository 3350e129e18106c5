// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bms/vebus/codec.hpp"

namespace bms::vebus {

// The whole payload, "00 id code ...".
Bytes encode_winmon(const ReadRam&);
Bytes encode_winmon(const RamValues&);
Bytes encode_winmon(const ReadSetting&);
Bytes encode_winmon(const SettingValue&);
Bytes encode_winmon(const AskSettingInfo&);
Bytes encode_winmon(const SettingInfo&);
Bytes encode_winmon(const WriteById&);
Bytes encode_winmon(const WinmonVerdict&);
Bytes encode_winmon(const AskLeds&);
Bytes encode_winmon(const LedReport&);
Bytes encode_winmon(const AskVersion&);
Bytes encode_winmon(const VersionPart&);
Bytes encode_winmon(const AskDeviceState&);
Bytes encode_winmon(const DeviceStateReport&);
Bytes encode_winmon(const AskRamInfo&);
Bytes encode_winmon(const RamInfo&);
Bytes encode_winmon(const AskSnapshot&);
Bytes encode_winmon(const SnapshotValues&);
Bytes encode_winmon(const NameForWrite&);
Bytes encode_winmon(const WriteNamed&);
Bytes encode_winmon(const AskSwitchAndLimit&);
Bytes encode_winmon(const SwitchAndLimit&);
Bytes encode_winmon(const AskEnergyCounters&);
Bytes encode_winmon(const EnergyCounters&);
Bytes encode_winmon(const AccessPassword&);
Bytes encode_winmon(const AccessReply&);
Bytes encode_winmon(const AskSerialNumber&);
Bytes encode_winmon(const SerialNumber&);
Bytes encode_winmon(const AskExtraFlagAccess&);
Bytes encode_winmon(const ExtraFlagAccess&);

/// What follows the 00. A length that does not fit leaves the reader not ok, or not done.
std::optional<Message> decode_winmon(Reader&);

} // namespace bms::vebus
