#!/usr/bin/python3
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# What the cost of a question is compared with: the same tree from Debian's python3-dbus. As ours it holds plain values, which
# may change at any time, and makes the reply from them at each question; the texts are ready.
#
#   python_service.py NAME SOURCE
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

BUS_ITEM = "com.victronenergy.BusItem"


def plain(value):
    """Without its D-Bus type; None for an invalid one, which is an empty array."""
    for kind in (str, float, int):
        if isinstance(value, kind):
            return kind(value)
    return None


class Item(dbus.service.Object):
    def __init__(self, bus, path, value, text):
        super().__init__(bus, path)
        self.kind = type(value)
        self.value = plain(value)
        self.text = str(text)

    def variant(self):
        if self.value is None:
            return dbus.Array([], signature="i", variant_level=1)
        return self.kind(self.value, variant_level=1)

    @dbus.service.method(BUS_ITEM, out_signature="v")
    def GetValue(self):
        return self.variant()

    @dbus.service.method(BUS_ITEM, out_signature="s")
    def GetText(self):
        return self.text


class Root(dbus.service.Object):
    def __init__(self, bus, items):
        super().__init__(bus, "/")
        self.items = items

    @dbus.service.method(BUS_ITEM, out_signature="a{sa{sv}}")
    def GetItems(self):
        return {path: {"Value": item.variant(), "Text": item.text} for path, item in self.items.items()}


def main(name, source):
    DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    found = bus.get_object(source, "/", introspect=False).GetItems(dbus_interface=BUS_ITEM)
    items = {str(path): Item(bus, path, item["Value"], item["Text"]) for path, item in found.items()}
    root = Root(bus, items)
    owned = dbus.service.BusName(name, bus, do_not_queue=True)
    GLib.MainLoop().run()
    del owned, root


main(*sys.argv[1:])
