// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
//
// Boost.Asio 1.74 under C++20: it uses std::exchange without including it.
#pragma once

// clang-format off
#include <utility>
#include <boost/asio.hpp>
// clang-format on
