# shellcheck shell=bash
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# A root like that of Venus OS: busybox's shell and tools, daemontools, /service that forgets, /data that stays. What Venus OS brings
# of its own and our scripts speak to (udevadm, stop-tty.sh) writes down what it was told.

# venus_base SUITE: prints the folder with what each test starts from.
venus_base() {
    local include=busybox-static,daemontools,dbus-daemon tar folder=${work:?}/venus-$1
    tar=${bms_cache:?}/root-venus-$1-$(dpkg --print-architecture)-$(sha256sum <<<"$include" | cut -c 1-8).tar
    if [ ! -f "$tar" ]; then
        mkdir -p "$bms_cache"
        mmdebstrap --quiet --variant=extract --format=tar --include="$include" "$1" "$tar.part" >&2
        mv "$tar.part" "$tar"
    fi
    mkdir "$folder"
    tar -x -C "$folder" --exclude=./dev -f "$tar"
    shape_as_venus "$folder"
    echo "$folder"
}

# shape_as_venus FOLDER
shape_as_venus() {
    local applet busybox
    busybox=$(cd "$1" && find usr/bin bin -name busybox -type f 2>/dev/null | head -n 1)
    mkdir -p "$1"/{dev,proc,run,tmp,service,data,media,var,etc/venus,opt/victronenergy/serial-starter,sys/class/gpio}
    for applet in $("$1/$busybox" --list); do
        [ -e "$1/usr/bin/$applet" ] || ln -sfn "/$busybox" "$1/usr/bin/$applet"
    done
    ln -sfn "/$busybox" "$1/usr/bin/sh"
    [ -e "$1/bin" ] || ln -s usr/bin "$1/bin"
    [ -L "$1/bin" ] || ln -sfn "/$busybox" "$1/bin/sh"
    rm -rf "$1/var/log"
    ln -s /data/log "$1/var/log"
    printf 'v3.60\n\n20250610000000\n' >"$1/opt/victronenergy/version"
    # shellcheck disable=SC2016 # expanded there
    script "$1/usr/bin/udevadm" 'echo "$*" >>/run/told-udevadm'
    # shellcheck disable=SC2016
    script "$1/opt/victronenergy/serial-starter/stop-tty.sh" 'echo "$1" >>/run/told-stop-tty; rm -rf /service/*."$1"'
    echo root:x:0:0:root:/root:/bin/sh >"$1/etc/passwd"
    cat >"$1/etc/bus.conf" <<'END'
<busconfig><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow own="*"/><allow eavesdrop="true"/></policy></busconfig>
END
}

# What was there is an absolute link into busybox, which out here would be this machine's.
script() { rm -f "$1" && printf '#!/bin/sh\n%s\n' "$2" >"$1" && chmod 0755 "$1"; }

# new_data [SIZE]: the data partition, empty.
new_data() {
    mkdir -p "$work/data"
    mount -t tmpfs -o "size=${1:-200M}" bms-packaging "$work/data"
    mkdir "$work/data/log" "$work/data/conf"
}

# power_on: the kernel and the first scripts; what is on a stick in /media is put in by the test, before boot.
power_on() {
    new_root
    mount --bind "$work/data" "${root:?}/data"
}

power_off() {
    mountpoint -q "$root/data" && umount -l "$root/data"
    drop_root
}

# insert_stick: our archive, and what else the test names.
insert_stick() {
    mkdir -p "$root/media/sda1"
    cp "${archive:?}" "$@" "$root/media/sda1/"
}

# unpack_stick: what Venus OS does at a start with an archive: the hooks of the archive around its unpacking. (It unpacks all but rc;
# Debian's busybox cannot say "all but".)
unpack_stick() {
    local found verdict=success
    found=$(echo "$root"/media/sda1/venus-data*.tar.gz)
    in_root rm -rf /tmp/hooks
    in_root mkdir -p /tmp/hooks
    in_root tar -xzf "${found#"$root"}" -C /tmp/hooks rc || return 1
    in_root sh /tmp/hooks/rc/pre-hook.sh || return 1
    in_root tar -xzf "${found#"$root"}" -C /data vebus-bms.new || verdict=extraction-failed
    in_root sh /tmp/hooks/rc/post-hook.sh $verdict
}

# boot: stick, early script, services, late script, in Venus OS's order.
boot() {
    local each
    [ ! -d "$root/media/sda1" ] || unpack_stick >"$work/stick" 2>&1 || true
    each=$root/data/rcS.local
    [ ! -x "$each" ] || in_root /data/rcS.local
    if [ -x "$root/usr/bin/dbus-daemon" ]; then
        mkdir -p "$root/run/dbus"
        in_root dbus-daemon --config-file=/etc/bus.conf --fork --nopidfile
    fi
    setsid env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" svscan /service </dev/null >>"$work/service.log" 2>&1 &
    each=$root/data/rc.local
    [ ! -x "$each" ] || in_root /data/rc.local
}

setup() { in_root /data/vebus-bms/setup "$@"; }

# unpack: as an owner does it by ssh, into /data/vebus-bms.new.
unpack() { tar -xzf "${1:-${archive:?}}" -C "$root/data" vebus-bms.new; }

# changed_archive SCRIPT: the archive once more, after SCRIPT has changed it: it runs in the folder vebus-bms.new.
changed_archive() {
    local folder=$work/changed
    rm -rf "$folder"
    mkdir "$folder"
    tar -xzf "$archive" -C "$folder"
    (cd "$folder/vebus-bms.new" && eval "$1" && find . -type f ! -name MANIFEST | sort | xargs sha256sum >../MANIFEST && mv ../MANIFEST .)
    cp "$folder/vebus-bms.new/about" "$folder/rc/about"
    tar -C "$folder" -czf "$work/$(basename "$archive")" rc vebus-bms.new
    echo "$work/$(basename "$archive")"
}

# A GX with the example for its own configuration.
give_config() {
    mkdir -p "$root/data/vebus-bms"
    cp config/venus-gx.json "$root/data/vebus-bms/config.json"
}

give_config_with_port() { # give_config_with_port PORT
    mkdir -p "$root/data/vebus-bms"
    sed "s|\"port\": *\"[^\"]*\"|\"port\": \"$1\"|; s|\"transmit\"|\"on_stop\": \"release\", &|" config/vebus-bmsd.json >"$root/data/vebus-bms/config.json"
}

# The supervised process: its id while it runs.
daemon_pid() { in_root svstat /service/vebus-bms | sed -n 's/.*up (pid \([0-9]*\)).*/\1/p'; }
status_names() { # status_names TEXT: what the daemon itself says over D-Bus
    in_root /data/vebus-bms/program/bin/vebus-bmsctl status >"$work/status" 2>&1 || true
    grep -qF "$1" "$work/status"
}

# All that an installation could leave behind.
leavings() { (cd "$root" && find run service opt etc usr data media -path data/log -prune -o -print | sort) | grep -v '^run/told-\|^run/dbus'; }
