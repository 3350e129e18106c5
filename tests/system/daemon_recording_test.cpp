// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// --record and vebus-bms-replay: what was decided on board is decided again at the desk.
#include "support/places.hpp"
#include "system/daemon_fixture.hpp"

namespace bms::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DaemonRecording : public DaemonTest {
  protected:
    std::string recording() const { return folder / "recording"; }

    void record_a_high_cell() {
        start_board();
        start_multi();
        start_daemon({"--record", recording()});
        ASSERT_TRUE(permissions_are(true, true));
        set("btv_allow_to_charge=open");
        ASSERT_TRUE(permissions_are(false, true));
        set("btv_allow_to_charge=closed");
        ASSERT_TRUE(permissions_are(true, true));
    }
    Outcome replay() { return run({in_build("/src/tool/vebus-bms-replay"), recording()}, folder / "out"); }
};

const auto the_moves = AllOf(HasSubstr("charge allowed -> charge disconnect"),
                             HasSubstr("charge charge disconnect -> allowed"), HasSubstr("all as recorded"));

TEST_F(DaemonRecording, ARecordingGivesTheSameMovesAgain) {
    record_a_high_cell();
    ASSERT_EQ(end_daemon(SIGTERM), 0);
    const auto outcome = replay();
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.output, the_moves);
    EXPECT_THAT(outcome.output, Not(HasSubstr("DIFFERS")));
}

TEST_F(DaemonRecording, TheRecordingOfAKilledDaemonIsWholeUpToItsEnd) {
    record_a_high_cell();
    daemon->kill();
    const auto outcome = replay();
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.output, the_moves);
}

TEST_F(DaemonRecording, ARecordingCutInItsLastLineReplaysUpToThere) {
    record_a_high_cell();
    daemon->kill();
    std::filesystem::resize_file(recording(), std::filesystem::file_size(recording()) - 3);
    const auto outcome = replay();
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("replayed up to there"), HasSubstr("all as recorded")));
}

TEST_F(DaemonRecording, ARecordingThatCannotBeWrittenIsToldAndProtectionGoesOn) {
    start_board();
    start_multi();
    start_daemon({"--record", "/nowhere/recording"});
    EXPECT_TRUE(permissions_are(true, true));
    EXPECT_TRUE(log_says("cannot write the recording /nowhere/recording: No such file or directory"));
}

} // namespace
} // namespace bms::test
