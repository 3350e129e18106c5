#!/usr/bin/perl
# SPDX-FileCopyrightText: the vebus-bms authors
# SPDX-License-Identifier: Apache-2.0
#
# supervise.pl UNIT PROGRAM ARGUMENT...: does for a process what systemd does for the service in UNIT, in a guest whose PID 1 it is not.
# It keeps Type=notify, WatchdogSec, Restart=always, RestartSec, RestartPreventExitStatus and TimeoutStopSec as UNIT has them, with
# systemd's signals: SIGABRT and then SIGCONT to one that does not feed the watchdog, SIGKILL to one that has not gone in TimeoutStopSec.
# What the main process forked and left behind gets SIGTERM, and SIGKILL after TimeoutStopSec, before the next start, as a control group
# does. SIGTERM ends both. It knows nothing of sandboxes, limits or dependencies. Each event is a line of its output: EVENT DETAIL.
use strict;
use warnings;
use IO::Select;
use POSIX qw(:sys_wait_h setpgid);
use Socket;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($unit, @command) = @ARGV;
$| = 1;
my %setting = (WatchdogSec => 0, RestartSec => 0.1, RestartPreventExitStatus => '', TimeoutStopSec => 90, Type => 'simple', Restart => 'no');
open my $file, '<', $unit or die "supervise: $unit: $!\n";
while (<$file>) { $setting{$1} = $2 if /^(\w+)=(.*)$/ && exists $setting{$1} }
die "supervise: only Type=notify with Restart=always is known\n" unless $setting{Type} eq 'notify' && $setting{Restart} eq 'always';

my $path = "/run/notify.$$";
socket my $notified, PF_UNIX, SOCK_DGRAM, 0 or die "supervise: socket: $!\n";
bind $notified, pack_sockaddr_un($path) or die "supervise: $path: $!\n";
my $heard = IO::Select->new($notified);
my $asked_to_end = 0;
$SIG{TERM} = sub { $asked_to_end = 1 };
$SIG{CHLD} = sub { };    # so that a child's end ends select()

sub now { return clock_gettime(CLOCK_MONOTONIC) }
sub say_it { print join(' ', @_), "\n" }

sub start {
    my $pid = fork // die "supervise: fork: $!\n";
    return $pid if $pid;
    setpgid 0, 0;
    @ENV{qw(NOTIFY_SOCKET WATCHDOG_PID WATCHDOG_USEC)} = ($path, $$, $setting{WatchdogSec} * 1e6);
    exec @command;
    die "supervise: $command[0]: $!\n";
}

# One life of the process, to its end: the status of waitpid.
sub live {
    my $pid = shift;
    my ($fed, $stop_by, $patience_until) = (now());
    while (1) {
        if (waitpid($pid, WNOHANG) == $pid) {
            return $?;
        }
        if ($asked_to_end == 1) {
            kill TERM => $pid;
            ($asked_to_end, $patience_until) = (2, now() + $setting{TimeoutStopSec});
        }
        if (!$patience_until && $setting{WatchdogSec} && now() - $fed >= $setting{WatchdogSec}) {
            say_it('watchdog', $setting{WatchdogSec}, 's without a word');
            kill ABRT => $pid;
            kill CONT => $pid;
            $patience_until = now() + $setting{TimeoutStopSec};
        }
        if ($patience_until && now() >= $patience_until) {
            say_it('killed', "not gone in $setting{TimeoutStopSec} s");
            kill KILL => $pid;
        }
        my $until = $patience_until // $fed + $setting{WatchdogSec};
        my $left = $until - now();
        next unless $heard->can_read($left > 0.01 ? $left : 0.01);
        recv $notified, my $words, 4096, 0;
        for (split /\n/, $words) {
            $fed = now() if $_ eq 'WATCHDOG=1';
            say_it('ready') if $_ eq 'READY=1';
            say_it('stopping') if $_ eq 'STOPPING=1';
            say_it('reloading') if $_ eq 'RELOADING=1';
        }
    }
}

# Those of its group that outlive it.
sub clear {
    my $group = shift;
    my $until = now() + $setting{TimeoutStopSec};
    kill TERM => -$group or return;
    say_it('left', 'something of it still runs');
    while (kill 0 => -$group) {
        kill KILL => -$group if now() >= $until;
        select undef, undef, undef, 0.05;
    }
}

while (1) {
    my $pid = start();
    say_it('started', $pid);
    my $status = live($pid);
    clear($pid);
    my ($code, $signal) = ($status >> 8, $status & 127);
    say_it('ended', $signal ? "by signal $signal" : "with $code");
    last if $asked_to_end;
    last if !$signal && grep { $_ == $code } split ' ', $setting{RestartPreventExitStatus};
    select undef, undef, undef, $setting{RestartSec} * 1;
    last if $asked_to_end;
}
unlink $path;
