// SPDX-FileCopyrightText: the vebus-bms authors
// SPDX-License-Identifier: Apache-2.0
#include "io/dbus_items.hpp"

#include "io/dbus_values.hpp"

#include <map>
#include <set>
#include <string>

namespace bms::io {

using sdbus::Variant;
using Items = PropertiesByPath;
using venus::ItemTree;
using venus::Path;
using venus::Row;
using venus::Value;
using venus::WriteCheck;

namespace {

constexpr const char* bus_item = "com.victronenergy.BusItem";

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
        Items items;
        for (Path path : changes)
            items.emplace(venus::row_of(path).path, properties(path));
        try {
            root_->emitSignal("ItemsChanged").onInterface(bus_item).withArguments(items);
        } catch (const sdbus::Error&) {
            return; // the connection is closing: the pump finds it so, and the next one begins with GetItems
        }
    }

  private:
    void add_item(const Row& row) {
        auto object = sdbus::createObject(bus_, compat::ObjectPath{std::string(row.path)});
        compat::InterfaceBuilder builder(*object, bus_item);
        builder.method("GetValue", [this, &row] { return to_variant(tree_.value(row.id)); });
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
            builder.method("GetItems", [this] { return all_items(); });
            builder.signal<Items>("ItemsChanged");
            root_ = object.get();
        }
        builder.publish();
        objects_.push_back(std::move(object));
    }

    std::int32_t write(Path path, const Variant& offered) {
        const auto check = venus::check_write(tree_, path, from_variant(offered));
        if (!check.ask)
            return check.answer;
        return written_ ? written_(path, *check.ask) : WriteCheck::refused;
    }

    Properties properties(Path path) const {
        return {{"Value", to_variant(tree_.value(path))}, {"Text", Variant{tree_.text(path)}}};
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

    Items all_items() const {
        Items items;
        for (const Row* row : rows_)
            items.emplace(row->path, properties(row->id));
        return items;
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
