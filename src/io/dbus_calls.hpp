// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Method calls that wait for their answers, a limited number at once. Only the D-Bus sources include this.
#pragma once

#include "io/dbus_asio.hpp"
#include "io/sdbus_compat.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace bms::io {

struct DbusTarget {
    std::string service, path;
    const char* interface;
};

/// sdbus keeps an answer's handler in the proxy that called: a proxy for each call, which outlives its
/// handler.
class DbusCalls {
  public:
    DbusCalls(boost::asio::io_context& io, std::size_t most) : io_(io), most_(most) {}

    void use(sdbus::IConnection* bus) { bus_ = bus; }

    /// Every proxy must go before its connection; what waits for an answer is told that there is none.
    void give_up() {
        bus_ = nullptr;
        spent_->clear();
        const auto waiting = std::exchange(waiting_, {});
        for (const auto& [number, call] : waiting)
            boost::asio::post(io_, call.unanswered);
    }

    /// Result: what the method answers, monostate for nothing; an answer of another type is none.
    template<typename Result, typename... Arguments>
    void call(const DbusTarget& target, const char* method,
              const std::function<void(std::optional<Result>)>& done, const Arguments&... arguments) {
        const auto unanswered = [done] { done(std::nullopt); };
        if (!bus_ || waiting_.size() >= most_)
            return boost::asio::post(io_, unanswered);
        const auto number = next_++;
        try {
            auto proxy = sdbus::createProxy(*bus_, compat::ServiceName{target.service},
                                            compat::ObjectPath{target.path});
            proxy->callMethodAsync(method)
                .onInterface(target.interface)
                .withTimeout(patience)
                .withArguments(arguments...)
                .uponReplyInvoke(handler<Result>(number, done));
            waiting_.emplace(number, Waiting{std::move(proxy), unanswered});
        } catch (const sdbus::Error&) {
            boost::asio::post(io_, unanswered); // a name or path that is none, or a connection that closes
        }
    }

  private:
    static constexpr std::chrono::seconds patience{5};
    using Proxies = std::vector<std::unique_ptr<sdbus::IProxy>>;

    struct Waiting {
        std::unique_ptr<sdbus::IProxy> proxy;
        std::function<void()> unanswered;
    };

    template<typename Result>
    auto handler(std::uint64_t number, const std::function<void(std::optional<Result>)>& done) {
        if constexpr (std::is_same_v<Result, std::monostate>)
            return [this, number, done](compat::CallError error) {
                if (take(number))
                    done(error ? std::nullopt : std::optional(Result{}));
            };
        else
            return [this, number, done](compat::CallError error, const Result& result) {
                if (take(number))
                    done(error ? std::nullopt : std::optional(result));
            };
    }

    /// The proxy is on the stack below us: it goes when the stack has unwound.
    bool take(std::uint64_t number) {
        auto call = waiting_.extract(number);
        if (call.empty())
            return false;
        spent_->push_back(std::move(call.mapped().proxy));
        boost::asio::post(io_, [spent = std::weak_ptr<Proxies>(spent_)] {
            if (const auto proxies = spent.lock())
                proxies->clear();
        });
        return true;
    }

    boost::asio::io_context& io_;
    const std::size_t most_;
    sdbus::IConnection* bus_ = nullptr;
    std::map<std::uint64_t, Waiting> waiting_;
    std::shared_ptr<Proxies> spent_ = std::make_shared<Proxies>();
    std::uint64_t next_ = 0;
};

} // namespace bms::io
