// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/dbus_items.hpp"

#include "io/dbus_values.hpp"

#include <map>
#include <set>
#include <string>

namespace bms::io {

using sdbus::Variant;
using venus::ItemTree;
using venus::Path;
using venus::Row;
using venus::Value;
using venus::WriteCheck;

namespace {

constexpr const char* bus_item = "com.victronenergy.BusItem";

// What follows is written straight into a reply or a signal. A Variant of sdbus-c++ is a message of its own,
// and all items have 150 of them.

/// As a variant; an invalid value is an empty array.
struct OneValue {
    const Value& value;
};

/// Of each: its path, Value and Text.
struct SomeItems {
    const ItemTree& tree;
    std::vector<Path> paths;
};

struct ToMessage {
    sdbus::Message& message;
    void operator()(std::monostate) const {
        message.openVariant("ai");
        message.openContainer("i");
        message.closeContainer();
        message.closeVariant();
    }
    void operator()(std::int32_t value) const { put("i", value); }
    void operator()(std::uint32_t value) const { put("u", value); }
    void operator()(double value) const { put("d", value); }
    void operator()(const std::string& value) const { put("s", value); }

  private:
    template<typename T>
    void put(const char* signature, const T& value) const {
        message.openVariant(signature);
        message << value;
        message.closeVariant();
    }
};

sdbus::Message& operator<<(sdbus::Message& message, const OneValue& one) {
    std::visit(ToMessage{message}, one.value);
    return message;
}

sdbus::Message& operator<<(sdbus::Message& message, const SomeItems& items) {
    const auto property = [&](const char* name, const Value& value) {
        message.openDictEntry("sv");
        message << name << OneValue{value};
        message.closeDictEntry();
    };
    message.openContainer("{sa{sv}}");
    for (const Path path : items.paths) {
        message.openDictEntry("sa{sv}");
        message << venus::row_of(path).path.data(); // from the table's literals, which end in a zero
        message.openContainer("{sv}");
        property("Value", items.tree.value(path));
        property("Text", items.tree.text(path));
        message.closeContainer();
        message.closeDictEntry();
    }
    message.closeContainer();
    return message;
}

/// "/", "/Bms", "/Bms/Lines": every node that has items below it.
std::set<std::string> folders(const std::vector<const Row*>& rows) {
    std::set<std::string> found{"/"};
    for (const Row* item : rows) {
        const Row& row = *item;
        for (auto slash = row.path.find('/', 1); slash != std::string_view::npos;
             slash = row.path.find('/', slash + 1))
            found.emplace(row.path.substr(0, slash));
    }
    return found;
}

} // namespace

} // namespace bms::io

template<>
struct sdbus::signature_of<bms::io::OneValue> : sdbus::signature_of<sdbus::Variant> {};
template<>
struct sdbus::signature_of<bms::io::SomeItems> : sdbus::signature_of<bms::io::PropertiesByPath> {};

namespace bms::io {

class DbusItems::Impl {
  public:
    Impl(sdbus::IConnection& bus, const ItemTree& tree, Written written)
        : bus_(bus), tree_(tree), written_(std::move(written)) {
        for (const Row& row : venus::paths)
            if (tree_.has(row.id))
                rows_.push_back(&row);
        for (const Row* row : rows_)
            add_item(*row);
        for (const std::string& folder : folders(rows_))
            add_folder(folder);
    }

    void tell(const std::vector<Path>& changes) {
        try {
            root_->emitSignal("ItemsChanged").onInterface(bus_item).withArguments(SomeItems{tree_, changes});
        } catch (const sdbus::Error&) {
            return; // the connection is closing: the pump finds it so, and the next one begins with GetItems
        }
    }

  private:
    void add_item(const Row& row) {
        auto object = sdbus::createObject(bus_, compat::ObjectPath{std::string(row.path)});
        compat::InterfaceBuilder builder(*object, bus_item);
        builder.method("GetValue", [this, &row] { return OneValue{tree_.value(row.id)}; });
        builder.method("GetText", [this, &row] { return tree_.text(row.id); });
        builder.method("SetValue", [this, &row](const Variant& offered) { return write(row.id, offered); });
        if (row.range) {
            builder.method("GetMin", [&row] { return Variant{row.range->min}; });
            builder.method("GetMax", [&row] { return Variant{row.range->max}; });
            builder.method("GetDefault", [&row] { return Variant{row.range->initial}; });
        }
        builder.publish();
        objects_.push_back(std::move(object));
    }

    void add_folder(const std::string& folder) {
        auto object = sdbus::createObject(bus_, compat::ObjectPath{folder});
        compat::InterfaceBuilder builder(*object, bus_item);
        const std::string prefix = folder == "/" ? folder : folder + "/";
        builder.method("GetValue", [this, prefix] { return Variant{values_below(prefix)}; });
        builder.method("GetText", [this, prefix] { return Variant{texts_below(prefix)}; });
        if (folder == "/") {
            builder.method("GetItems", [this] { return SomeItems{tree_, all_paths()}; });
            builder.signal<PropertiesByPath>("ItemsChanged");
            root_ = object.get();
        }
        builder.publish();
        objects_.push_back(std::move(object));
    }

    std::vector<Path> all_paths() const {
        std::vector<Path> all;
        for (const Row* row : rows_)
            all.push_back(row->id);
        return all;
    }

    std::int32_t write(Path path, const Variant& offered) {
        if (offered.containsValueOfType<bool>()) // no item is one: "true" must not become /Mode 1
            return WriteCheck::not_writable_or_wrong_type;
        const auto check = venus::check_write(tree_, path, from_variant(offered));
        if (!check.ask)
            return check.answer;
        return written_ ? written_(path, *check.ask) : WriteCheck::refused;
    }

    std::map<std::string, Variant> values_below(std::string_view prefix) const {
        std::map<std::string, Variant> values;
        for (const Row* row : rows_)
            if (row->path.starts_with(prefix))
                values.emplace(row->path.substr(prefix.size()), to_variant(tree_.value(row->id)));
        return values;
    }

    std::map<std::string, std::string> texts_below(std::string_view prefix) const {
        std::map<std::string, std::string> texts;
        for (const Row* row : rows_)
            if (row->path.starts_with(prefix))
                texts.emplace(row->path.substr(prefix.size()), tree_.text(row->id));
        return texts;
    }

    sdbus::IConnection& bus_;
    const ItemTree& tree_;
    Written written_;
    std::vector<const Row*> rows_; ///< of the tree's role
    std::vector<std::unique_ptr<sdbus::IObject>> objects_;
    sdbus::IObject* root_ = nullptr;
};

DbusItems::DbusItems(sdbus::IConnection& bus, const ItemTree& tree, Written written)
    : impl_(std::make_unique<Impl>(bus, tree, std::move(written))) {}

DbusItems::~DbusItems() = default;

void DbusItems::tell(const std::vector<Path>& changes) { impl_->tell(changes); }

} // namespace bms::io
