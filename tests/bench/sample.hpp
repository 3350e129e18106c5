// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Measured values and how they are told.
#pragma once

#include <string>
#include <vector>

namespace bms::bench {

/// Values of one figure, in any unit.
class Sample {
  public:
    void add(double value);
    void add(const Sample& other);
    std::size_t size() const { return values_.size(); }
    /// The value that the share q (0..1) of all values does not exceed (nearest rank). Needs one value.
    double at(double q) const;

  private:
    std::vector<double> values_;
};

/// "NAME   p50  p99  p99.9  n" with the head of those columns above it.
void print_head(const std::string& title, const std::string& unit);
void print_sample(const std::string& name, const Sample& sample);
/// "NAME   VALUE UNIT   aim <= AIM: ok". Without an aim the value is only reported.
void print_figure(const std::string& name, double value, const std::string& unit);
void print_figure(const std::string& name, double value, const std::string& unit, double aim);
void print_note(const std::string& text);

} // namespace bms::bench
