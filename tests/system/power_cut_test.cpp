// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// The supply fails, or the writer is killed, at every instant of a state write: before and after each of its
// system calls, and with any part of the new file on the card. What is read afterwards is the old state or
// the new one.
#include "app/storage.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bms::test {
namespace {

namespace fs = std::filesystem;

const core::Memory old_state{.wish = core::Mode::on, .restart_latched = false};
const core::Memory new_state{.wish = core::Mode::charger_only, .restart_latched = true};

struct PowerCut : testing::Test {
    fs::path folder = fs::temp_directory_path() / ("bms-cut-" + std::to_string(::getpid()));
    std::string file = folder / "memory.json";

    PowerCut() { fs::create_directories(folder); }
    ~PowerCut() override { fs::remove_all(folder); }

    void store(const core::Memory& memory) const {
        app::Storage(folder, true, [](const std::string&) {}).keep_now({.memory = memory});
    }
    /// What a start makes of the folder.
    core::Memory read() const {
        return app::Storage(folder, true, [](const std::string&) {}).loaded().memory;
    }
    static void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
    static std::string content(const std::string& path) {
        std::ifstream in(path);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    /// Stores the new state in a process that is killed at its n-th stop: each system call is two, its begin
    /// and its end. True: it was killed; false: it had ended before, all is written.
    bool cut_at_stop(int n) const {
        const std::string text = record::memory_text({.memory = new_state});
        const pid_t writer = ::fork();
        if (writer == 0) {
            ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
            ::raise(SIGSTOP);
            io::StateFile(file).write_now(text);
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(writer, &status, 0);
        for (int stop = 0; stop < n && !WIFEXITED(status); ++stop) {
            ::ptrace(PTRACE_SYSCALL, writer, nullptr, nullptr);
            ::waitpid(writer, &status, 0);
        }
        if (WIFEXITED(status)) {
            return false;
        }
        ::kill(writer, SIGKILL);
        ::waitpid(writer, &status, 0);
        return true;
    }
};

TEST_F(PowerCut, AtEverySystemCallOfAWriteTheOldOrTheNewStateIsRead) {
    int stops = 0;
    bool new_one_seen = false;
    for (;; ++stops) {
        fs::remove(file + ".new");
        fs::remove(file);
        store(old_state);
        const bool killed = cut_at_stop(stops);
        const core::Memory found = read();
        ASSERT_TRUE(found == old_state || found == new_state) << "at stop " << stops << ": " << content(file);
        ASSERT_FALSE(new_one_seen && found == old_state)
            << "at stop " << stops << ": the new state was lost again";
        new_one_seen = found == new_state;
        if (!killed) {
            break;
        }
    }
    EXPECT_TRUE(new_one_seen);
    EXPECT_GE(stops, 14) << "open, write, fsync, close, rename, open, fsync: each has a begin and an end";
}

// What a card without its last sync may hold: any part of the new file beside the whole old one.
TEST_F(PowerCut, WithAnyPartOfTheNewFileWrittenTheOldStateIsReadAndTheNextWriteWorks) {
    const std::string whole = record::memory_text({.memory = new_state});
    for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
        store(old_state);
        write(file + ".new", whole.substr(0, bytes));
        ASSERT_EQ(read(), old_state) << bytes << " bytes";
        store(new_state);
        ASSERT_EQ(read(), new_state) << bytes << " bytes";
    }
}

// A file system that breaks its word: the file itself is cut short. A person's latch is never lost to it.
TEST_F(PowerCut, WithAnyPartOfTheFileItselfMissingTheLoadsStayLatched) {
    const std::string whole = record::memory_text({.memory = new_state});
    for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
        write(file, whole.substr(0, bytes));
        ASSERT_TRUE(read().restart_latched) << bytes << " bytes";
    }
}

} // namespace
} // namespace bms::test
