// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// dbus/vebus-bms.conf on a real dbus-daemon that forbids what Debian's system bus forbids, with clients that
// are different users. Two users of Debian's base stand for the user and the group "vebus-bms", which an
// installation makes.
#include "support/places.hpp"
#include "system/dbus_fixture.hpp"

#include <array>
#include <fstream>
#include <grp.h>
#include <pwd.h>
#include <sstream>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

namespace bms::io {
namespace {

constexpr const char* as_daemon = "daemon";   ///< the user vebus-bms
constexpr const char* as_member = "games";    ///< somebody in the group vebus-bms
constexpr const char* as_stranger = "nobody"; ///< anybody else
constexpr const char* denied = "org.freedesktop.DBus.Error.AccessDenied";

constexpr const char* rules_of_debian = R"(
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
  </policy>
  <include>)";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    return at == std::string::npos ? "" : text.replace(at, what.size(), with);
}

/// The shipped file with its two names replaced; empty when they are not where they were.
std::string policy() {
    std::ostringstream text;
    text << std::ifstream(bms::test::in_source("/dbus/vebus-bms.conf")).rdbuf();
    const auto user = replaced(text.str(), "user=\"vebus-bms\"", std::string("user=\"") + as_daemon + '"');
    return replaced(user, "group=\"vebus-bms\"", std::string("group=\"") + as_member + '"');
}

std::filesystem::path policy_file() {
    const auto path = std::filesystem::temp_directory_path() / ("bms-policy-" + std::to_string(::getpid()));
    std::ofstream(path) << policy();
    return path;
}

/// What a client does, and what came of it: "ok" and the like, or the name of an error.
using Act = std::function<std::string(sd_bus*)>;

struct Failure {
    sd_bus_error error{};
    ~Failure() { sd_bus_error_free(&error); }
    std::string name() const { return error.name ? error.name : "failed without a name"; }
};

std::string owning(sd_bus* bus, const std::string& name) {
    Failure failure;
    const int sent =
        sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                           "RequestName", &failure.error, nullptr, "su", name.c_str(), 4U);
    return sent < 0 ? failure.name() : "ok";
}

/// interface: nullptr sends a call that names none, as D-Bus allows.
std::string calling(sd_bus* bus, const char* path, const char* interface, const char* method,
                    bool with_mode) {
    sd_bus_message* call = nullptr;
    sd_bus_message_new_method_call(bus, &call, our_name, path, interface, method);
    if (with_mode)
        sd_bus_message_append(call, "v", "i", 4);
    Failure failure;
    const int sent = sd_bus_call(bus, call, 0, &failure.error, nullptr);
    sd_bus_message_unref(call);
    return sent < 0 ? failure.name() : "ok";
}

[[noreturn]] void be_client(const std::string& user, const std::string& address, const Act& act, int answer) {
    std::string said = "cannot become " + user;
    sd_bus* bus = nullptr;
    const passwd* who = ::getpwnam(user.c_str());
    if (who && ::initgroups(user.c_str(), who->pw_gid) == 0 &&
        ::setresgid(who->pw_gid, who->pw_gid, who->pw_gid) == 0 &&
        ::setresuid(who->pw_uid, who->pw_uid, who->pw_uid) == 0) {
        sd_bus_new(&bus);
        sd_bus_set_address(bus, address.c_str());
        sd_bus_set_bus_client(bus, 1);
        said = sd_bus_start(bus) < 0 ? "is not let onto the bus" : act(bus);
    }
    [[maybe_unused]] const auto written = ::write(answer, said.data(), said.size());
    ::_exit(0);
}

class DbusPolicy : public DbusServiceTest {
  protected:
    void SetUp() override {
        if (::geteuid() != 0)
            GTEST_SKIP() << "only root can be different users: sudo ./dev test";
        DbusServiceTest::SetUp();
        ASSERT_FALSE(policy().empty()) << "the policy names its user or its group in another way now";
        file = policy_file();
        bus = std::make_unique<PrivateBus>(PrivateBus::Begin::running,
                                           rules_of_debian + file.string() + "</include>");
        std::filesystem::permissions(bus->folder(), std::filesystem::perms(0711));
        start_named();
    }

    ~DbusPolicy() override {
        std::error_code never_made;
        std::filesystem::remove(file, never_made);
    }

    /// Serves while a process of that user does it.
    std::string by(const char* user, const Act& act) {
        std::array<int, 2> pipe_ends{};
        EXPECT_EQ(::pipe(pipe_ends.data()), 0);
        const pid_t child = ::fork();
        if (child == 0)
            be_client(user, bus->address(), act, pipe_ends[1]);
        ::close(pipe_ends[1]);
        EXPECT_TRUE(eventually([child] { return ::waitpid(child, nullptr, WNOHANG) == child; }));
        std::array<char, 200> words{};
        const auto length = ::read(pipe_ends[0], words.data(), words.size());
        ::close(pipe_ends[0]);
        return {words.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
    }

    std::string owns(const char* user, const std::string& name) {
        return by(user, [&](sd_bus* client) { return owning(client, name); });
    }

    std::string calls(const char* user, const char* path, const char* method,
                      const char* interface = bus_item) {
        return by(user, [=](sd_bus* client) { return calling(client, path, interface, method, false); });
    }

    std::string writes_mode(const char* user, const char* interface = bus_item) {
        return by(user,
                  [=](sd_bus* client) { return calling(client, "/Mode", interface, "SetValue", true); });
    }

    std::filesystem::path file;
    std::unique_ptr<PrivateBus> bus;
};

constexpr std::array<const char*, 3> names = {"com.victronenergy.vebus.ttyOther",
                                              "com.victronenergy.bms.ttyOther",
                                              "com.victronenergy.battery.ttyOther"};

TEST_F(DbusPolicy, OnlyRootAndTheDaemonsUserCanTakeOurNames) {
    for (const char* name : names) {
        EXPECT_EQ(owns(as_stranger, name), denied) << name;
        EXPECT_EQ(owns(as_member, name), denied) << name;
        EXPECT_EQ(owns(as_daemon, name), "ok") << name;
        EXPECT_EQ(owns("root", name), "ok") << name;
    }
}

TEST_F(DbusPolicy, TheDaemonsUserCanTakeNoOtherName) {
    for (const char* name : {"com.victronenergy.settings", "com.victronenergy.system",
                             "com.victronenergy.vebusx.a", "com.victronenergy", "org.freedesktop.systemd1"})
        EXPECT_EQ(owns(as_daemon, name), denied) << name;
}

TEST_F(DbusPolicy, EverybodyCanRead) {
    EXPECT_EQ(calls(as_stranger, "/Bms/AllowToCharge", "GetValue"), "ok");
    EXPECT_EQ(calls(as_stranger, "/Bms/AllowToCharge", "GetText"), "ok");
    EXPECT_EQ(calls(as_stranger, "/Mode", "GetMin"), "ok");
    EXPECT_EQ(calls(as_stranger, "/Mode", "GetMax"), "ok");
    EXPECT_EQ(calls(as_stranger, "/", "GetItems"), "ok");
    EXPECT_EQ(calls(as_stranger, "/", "GetValue"), "ok");
    EXPECT_EQ(calls(as_stranger, "/", "Introspect", "org.freedesktop.DBus.Introspectable"), "ok");
    EXPECT_EQ(calls(as_daemon, "/", "GetItems"), "ok");
}

TEST_F(DbusPolicy, EverybodyIsToldWhatChanges) {
    std::function<void()> change = [this] {
        facts.identity.custom_name += "+";
        venus::publish(facts, tree);
        service->flush(now);
    };
    boost::asio::steady_timer timer(io);
    std::function<void(boost::system::error_code)> again = [&](boost::system::error_code error) {
        if (error)
            return;
        change();
        timer.expires_after(20ms);
        timer.async_wait(again);
    };
    again({});
    const auto heard = by(as_stranger, [](sd_bus* client) -> std::string {
        sd_bus_add_match(client, nullptr, "type='signal',member='ItemsChanged'", nullptr, nullptr);
        for (;;) {
            sd_bus_message* message = nullptr;
            if (sd_bus_process(client, &message) < 0)
                return "lost";
            const bool told = message && sd_bus_message_is_signal(message, bus_item, "ItemsChanged");
            sd_bus_message_unref(message);
            if (told)
                return "ok";
            sd_bus_wait(client, 100'000);
        }
    });
    timer.cancel();
    EXPECT_EQ(heard, "ok");
}

TEST_F(DbusPolicy, OnlyRootAndTheGroupCanWrite) {
    EXPECT_EQ(writes_mode(as_stranger), denied);
    EXPECT_EQ(writes_mode(as_stranger, nullptr), denied) << "a call that names no interface";
    EXPECT_TRUE(written.empty());
    EXPECT_EQ(writes_mode(as_member), "ok");
    EXPECT_EQ(writes_mode("root"), "ok");
    EXPECT_EQ(written.size(), 2U);
}

// The settings service and, beside Victron's own driver, that driver's /Mode.
TEST_F(DbusPolicy, TheDaemonsUserReachesWhatItMustWriteToAndAStrangerDoesNot) {
    constexpr const char* settings = "com.victronenergy.Settings";
    EXPECT_EQ(writes_mode(as_daemon), "ok");
    // Nobody here has the interface: the question arrived all the same.
    EXPECT_EQ(calls(as_daemon, "/", "AddSettings", settings), "org.freedesktop.DBus.Error.UnknownMethod");
    EXPECT_EQ(calls(as_stranger, "/", "AddSettings", settings), denied);
}

} // namespace
} // namespace bms::io
