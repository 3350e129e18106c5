// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "bms/vebus/errors.hpp"
#include "bms/vebus/frame.hpp"
#include "bms/vebus/leds.hpp"
#include "bms/vebus/states.hpp"

#include <gmock/gmock.h>

#include <set>

namespace bms::vebus {
namespace {

using testing::HasSubstr;
using testing::IsNull;
using testing::NotNull;

TEST(VebusLeds, OnAndBlinkTogetherGiveFourLights) {
    const LedBits bits{.on = led::mains | led::inverter, .blink = led::bulk | led::inverter};
    EXPECT_EQ(light_of(bits, led::mains), Light::on);
    EXPECT_EQ(light_of(bits, led::bulk), Light::blinking);
    EXPECT_EQ(light_of(bits, led::inverter), Light::blinking_in_antiphase);
    EXPECT_EQ(light_of(bits, led::temperature), Light::off);
}

TEST(VebusLeds, TheTableHasEveryBitOnce) {
    int bits = 0;
    for (const auto& [led, name] : all_leds()) {
        EXPECT_EQ(bits & led, 0) << name;
        EXPECT_FALSE(name.empty());
        bits |= led;
    }
    EXPECT_EQ(bits, 0xFF);
}

TEST(VebusLeds, InverterInAntiphaseIsAVebusErrorWhateverTheChargeLedsDo) {
    for (int charge = 0; charge < 16; ++charge) {
        const auto blink = static_cast<std::uint8_t>(led::inverter | charge);
        EXPECT_EQ(meaning_of({.on = led::inverter, .blink = blink}), LedMeaning::vebus_error) << charge;
    }
    EXPECT_EQ(meaning_of({.on = 0, .blink = led::inverter}), LedMeaning::none);
    EXPECT_EQ(meaning_of({.on = led::inverter, .blink = 0}), LedMeaning::none);
}

TEST(VebusLeds, ChargeLedsThatBlinkInPhaseNameTheSensorOrTheForcedState) {
    constexpr std::uint8_t bulk = led::bulk, absorption = led::absorption, floating = led::floating;
    EXPECT_EQ(meaning_of({.blink = absorption | floating}), LedMeaning::temperature_sensor_error);
    EXPECT_EQ(meaning_of({.blink = bulk | absorption}), LedMeaning::voltage_sensor_error);
    EXPECT_EQ(meaning_of({.blink = bulk | absorption | floating}), LedMeaning::forced_charge_state);
    EXPECT_EQ(meaning_of({.blink = bulk | floating}), LedMeaning::none);
    EXPECT_EQ(meaning_of({.blink = bulk}), LedMeaning::none);
    // Other LEDs do not matter.
    EXPECT_EQ(meaning_of({.on = led::mains, .blink = absorption | floating | led::low_battery}),
              LedMeaning::temperature_sensor_error);
}

TEST(VebusLeds, ChargeLedsThatBlinkByTurnsMeanNothingTogether) {
    EXPECT_EQ(meaning_of({.on = led::floating, .blink = led::absorption | led::floating}), LedMeaning::none);
    EXPECT_EQ(meaning_of({.on = led::absorption | led::floating, .blink = led::absorption | led::floating}),
              LedMeaning::temperature_sensor_error)
        << "both in antiphase to the rest are in phase with each other";
}

TEST(VebusLeds, OneFForBothIsNotKnownAndNotAnError) {
    EXPECT_EQ(meaning_of({.on = 0x1F, .blink = 0x1F}), LedMeaning::not_known);
    EXPECT_EQ(meaning_of({.on = 0x1F, .blink = 0x3F}), LedMeaning::vebus_error);
}

TEST(VebusLeds, OnlyMainsOnIsToldApart) { // M130
    EXPECT_TRUE(only_mains_on({.on = led::mains}));
    EXPECT_FALSE(only_mains_on({}));
    EXPECT_FALSE(only_mains_on({.on = led::mains, .blink = led::bulk}));
    EXPECT_FALSE(only_mains_on({.on = led::mains | led::bulk}));
    EXPECT_FALSE(only_mains_on({.on = led::mains, .blink = led::mains}));
}

TEST(VebusLeds, EveryLightAndMeaningHasItsWords) {
    std::set<std::string_view> words;
    for (int light = 0; light < 4; ++light) {
        words.insert(text(static_cast<Light>(light)));
    }
    for (int meaning = 0; meaning < 6; ++meaning) {
        words.insert(text(static_cast<LedMeaning>(meaning)));
    }
    EXPECT_EQ(words.size(), 10U);
    EXPECT_EQ(words.count("unknown light") + words.count("unknown meaning"), 0U);
}

TEST(VebusStates, EveryKnownStateHasItsWordsAndOthersSayTheirNumber) {
    EXPECT_EQ(text_of_state(0), "down");
    EXPECT_EQ(text_of_state(2), "off");
    EXPECT_EQ(text_of_state(8), "bypass");
    EXPECT_EQ(text_of_state(9), "charging");
    EXPECT_EQ(device_state_name(10), std::nullopt);
    EXPECT_EQ(text_of_state(10), "state 10, not known to us");
}

TEST(VebusStates, TheSubstateIsToldWhileChargingOnly) {
    EXPECT_EQ(text_of_state(9, 1), "charging: bulk");
    EXPECT_EQ(text_of_state(9, 8), "charging: bulk stopped");
    EXPECT_EQ(text_of_state(9, 9), "charging: sub-state 9, not known to us");
    EXPECT_EQ(text_of_state(4, 1), "inverting, full");
    EXPECT_EQ(charge_state_name(9), std::nullopt);
}

TEST(VebusStates, TheAcInputConfigurationIsReadBitByBit) {
    const AcInputConfig quattro = decode_ac_input_config(0xA5);
    EXPECT_EQ(quattro.active_input, 1);
    EXPECT_TRUE(quattro.limit_settable);
    EXPECT_FALSE(quattro.digital_multi_control);
    EXPECT_EQ(quattro.inputs, 2);
    EXPECT_TRUE(quattro.remote_panel_seen);
    EXPECT_TRUE(decode_ac_input_config(digital_multi_control_bit).digital_multi_control);
    for (int bits = 0; bits < 256; ++bits) {
        EXPECT_EQ(encode_ac_input_config(decode_ac_input_config(static_cast<std::uint8_t>(bits))), bits);
    }
}

TEST(VebusErrors, EveryErrorSaysNameCauseAndCure) {
    int last = 0;
    for (const VebusError& error : vebus_errors()) {
        EXPECT_GT(error.number, last) << "in order, each once";
        last = error.number;
        EXPECT_FALSE(error.name.empty()) << error.number;
        EXPECT_TRUE(error.cause.ends_with(".")) << error.number;
        EXPECT_TRUE(error.cure.ends_with(".")) << error.number;
        const std::string text = text_of_vebus_error(error.number);
        EXPECT_THAT(text, HasSubstr("VE.Bus error " + std::to_string(error.number) + ": "));
        EXPECT_THAT(text, HasSubstr(std::string(error.cure)));
    }
    for (const int named : {1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 14, 15, 16, 17, 18, 22, 24, 25, 26}) {
        EXPECT_THAT(find_vebus_error(named), NotNull()) << named;
    }
}

TEST(VebusErrors, Error15NamesTheFirmwareAndTheWayWithoutIt) { // M56, M57, M136
    const std::string text = text_of_vebus_error(error_wrong_combination);
    EXPECT_THAT(text, HasSubstr("VE.Bus error 15"));
    EXPECT_THAT(text, HasSubstr("xxxx415"));
    EXPECT_THAT(text, HasSubstr("outputs only"));
}

TEST(VebusErrors, Error7NamesTheAssistants) { // M55
    EXPECT_THAT(text_of_vebus_error(error_assistant_missing), HasSubstr("\"ESS\" assistant"));
}

TEST(VebusErrors, NoErrorAndAnUnpublishedOneSaySo) {
    EXPECT_EQ(text_of_vebus_error(0), "no VE.Bus error");
    for (const int unpublished : {9, 13, 21, 23, 27, -1, 1000}) {
        EXPECT_THAT(find_vebus_error(unpublished), IsNull());
        EXPECT_THAT(text_of_vebus_error(unpublished), HasSubstr("no meaning of it is published"));
    }
}

} // namespace
} // namespace bms::vebus
