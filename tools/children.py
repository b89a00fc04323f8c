"""Child processes that never outlive the tool that started them.

Every child runs in a session of its own, so Ctrl-C reaches this process alone and the end is orderly.
Left-overs that moved to yet another session are found as descendants, since orphans are handed to us.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 12  # seconds from the polite signal to SIGKILL
TICK = 0.05


class Stopped(Exception):
    """A person or the system asked us to end; `.code` is the exit code to leave with."""

    def __init__(self, signum):
        super().__init__(signal.Signals(signum).name)
        self.code = 128 + signum


class Failed(Exception):
    """A step ended badly. The text is one sentence for the person at the terminal."""


def _prctl(option, value):
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


class Children:
    """Use as a context manager: leaving it, for whatever reason, ends all that was started."""

    def __init__(self):
        self.started = []
        self.stop_signal = self.make_pid = None

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop(*self.started)

    def own_the_process(self):
        """For a tool's main function only: take over its signals and adopt every orphan below it."""
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # a killed `make` takes us along
        self.make_pid = os.getppid() if _catches_interrupt(os.getppid(), "make") else None
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)

    def _on_signal(self, number, frame):
        self.stop_signal = self.stop_signal or number

    def check(self):
        """Raises Stopped once a stop was asked for."""
        if self.make_pid and not _catches_interrupt(self.make_pid, "make"):
            self.stop_signal = self.stop_signal or signal.SIGINT
        if self.stop_signal is not None:
            raise Stopped(self.stop_signal)

    def start(self, command, *, log=None, end_with=signal.SIGTERM, **popen):
        """Start a service. `end_with` is the signal that asks this program to leave in good order."""

        def in_child():
            _prctl(PR_SET_PDEATHSIG, end_with)

        if log is not None:
            popen |= {"stdout": log, "stderr": subprocess.STDOUT}
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=in_child,
            **popen,
        )
        child.end_with = end_with
        self.started.append(child)
        return child

    def run(self, command, *, sentence=None, **options):
        """Run one step to its end and return its exit code; with `sentence`, raise Failed unless it is 0."""
        self.check()
        child = self.start(command, **options)
        try:
            while child.poll() is None:
                self.check()
                time.sleep(TICK)
        finally:
            self.stop(child)  # what it left in its process group, too
        if sentence and child.returncode:
            raise Failed(f"{sentence} (exit code {child.returncode})")
        return child.returncode

    def stop(self, *going):
        """Ask these children to end, wait a little, then kill what is left of their process groups."""
        for child in going:
            if child.poll() is None:
                os.killpg(child.pid, child.end_with)
        until = time.monotonic() + GRACE
        while time.monotonic() < until and any(child.poll() is None for child in going):
            time.sleep(TICK)
        for child in going:
            with contextlib.suppress(ProcessLookupError):  # the whole group has left already
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.started = [child for child in self.started if child not in going]


def kill_descendants():
    """Kill what is still below this process, wherever it moved; orphans are ours (own_the_process)."""
    until = time.monotonic() + GRACE
    while (left := descendants()) and time.monotonic() < until:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(TICK)


def descendants():
    """Process ids below this process, from /proc, not yet reaped ones included."""
    parents = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
                parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
    found, edge = [], {os.getpid()}
    while edge:
        edge = {pid for pid, parent in parents.items() if parent in edge}
        found += edge
    return found


def _catches_interrupt(pid, name):
    """Whether process `pid` is a `name` that handles SIGINT.

    GNU make hit by `kill -INT` drops its handler, passes nothing on and waits for us for ever:
    the vanished handler is the only trace.
    """
    try:
        with open(f"/proc/{pid}/status") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    except OSError:
        return False
    return status["Name"] == name and bool(int(status["SigCgt"], 16) & 1 << (signal.SIGINT - 1))


def main(tool):
    """Run `tool(children)`; the exit code of this process tells how it went, in a sentence if badly."""
    try:
        with Children() as children:
            children.own_the_process()
            code = tool(children)
    except Stopped as stopped:
        print(f"Stopped ({stopped}).", file=sys.stderr)
        sys.exit(stopped.code)
    except Failed as failed:
        print(f"\nFAILED: {failed}", file=sys.stderr)
        sys.exit(1)
    finally:
        kill_descendants()
    sys.exit(code or 0)
