// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// GetValue and SetValue in turn, many at once, over every path.
#pragma once

#include <memory>
#include <string>
#include <systemd/sd-bus.h>

namespace bms::soak {

class Questions {
  public:
    /// Throws std::runtime_error when the bus does not answer.
    explicit Questions(std::string service);
    Questions(const Questions&) = delete;
    Questions& operator=(const Questions&) = delete;

    int descriptor() const { return sd_bus_get_fd(bus_.get()); }
    /// Never waits. True once so many have been answered, with a value or with a refusal.
    bool ask_and_receive(int times);

  private:
    struct Close {
        void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
    };

    void ask();
    void send(const char* path, const char* method, const char* value_type, std::uint32_t value);
    static int answered(sd_bus_message* reply, void* self, sd_bus_error*);

    std::string service_;
    std::unique_ptr<sd_bus, Close> bus_;
    std::string failure_;
    int asked_ = 0, answered_ = 0;
};

} // namespace bms::soak
