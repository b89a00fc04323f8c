"""Passes of the test suite over both databases, with one closing summary. Used by test.py and prove.py."""

import contextlib
import os
import shutil
import signal
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from tools import servers, setup
from tools.children import Failed
from tools.setup import PYTHON, ROOT

# Configuration of this machine must not leak into the tests; nor may it have every process compile the code anew.
OURS = (
    "DATABASE_URL BROKER_URL REDIS_URL STORAGE_URL X_ACCEL_PREFIX SOFFICE EMAIL_URL SECRET_KEY FIELD_KEYS ALLOWED_HOSTS "
    "DEBUG DATA_DIR PORT HOMEVISIT_CLOCK HOMEVISIT_DEMO HOMEVISIT_TESTING DJANGO_SETTINGS_MODULE MAKEFLAGS MAKELEVEL MFLAGS "
    "PYTHONDONTWRITEBYTECODE"
).split()


class Suite:
    def __init__(self, children):
        self.children = children
        self.rows = []  # (name, ok, what, seconds)
        self.begun = time.monotonic()
        self.env = {name: value for name, value in os.environ.items() if name not in OURS}

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="homevisit-", dir="/tmp"))
        self.env["TMPDIR"] = str(self.folder)
        return self

    def __exit__(self, *exc):
        shutil.rmtree(self.folder, ignore_errors=True)

    def set_up(self, programs, *, proofs=False):
        setup.environment(self.children, dev=True)
        for sentence in setup.programs(self.children, proofs=proofs) if programs else ():
            self.note("set-up", False, sentence, 0)

    def step(self, name, *arguments, env=None):
        """One command in the environment; its row in the summary says ok or not."""
        print(f"\n── {name} ──", flush=True)
        begun = time.monotonic()
        options = {"cwd": ROOT, "env": self.env | (env or {}), "end_with": signal.SIGINT}
        code = self.children.run([PYTHON, *arguments], **options)
        self.note(name, code == 0, "" if code == 0 else f"exit code {code}", time.monotonic() - begun)

    def pytest(self, name, marks, env=None, workers=2):
        report = self.folder / f"{len(self.rows)}.xml"
        spread = ["-n", str(workers), "--dist", "loadgroup"] if workers else []
        self.step(name, "-m", "pytest", "-m", marks, *spread, f"--junitxml={report}", "-o", "junit_logging=no",
                  "--durations=10", "--durations-min=3", env=env)  # fmt: skip
        if report.exists():
            label, ok, what, seconds = self.rows.pop()
            facts = ET.parse(report).getroot().find("testsuite").attrib
            total, bad, skipped = (int(facts[k]) for k in ("tests", "failures", "skipped"))
            bad += int(facts["errors"])
            words = [f"{total - bad - skipped} passed", f"{bad} failed"] + [f"{skipped} skipped"] * bool(skipped)
            self.note(label, ok, ", ".join(words + [what] * bool(what)), seconds)

    @contextlib.contextmanager
    def servers(self):
        """Yields the environment that puts the tests on PostgreSQL + Redis, or None when they cannot start."""
        with contextlib.ExitStack() as stack:
            try:
                database = stack.enter_context(servers.postgres())
                broker = stack.enter_context(servers.redis())
            except Failed as failed:
                self.note("servers", False, str(failed), 0)
                yield None
            else:
                yield {"DATABASE_URL": database, "BROKER_URL": broker, "REDIS_URL": broker.replace("/0", "/1")}

    def note(self, name, ok, what, seconds):
        self.rows.append((name, ok, what, seconds))

    def close(self):
        """Print the summary and return the exit code."""
        print("\n── Summary ──")
        for name, ok, what, seconds in self.rows:
            print(f"{'ok    ' if ok else 'FAILED'}  {name:32} {seconds:6.1f} s  {what}")
        minutes, seconds = divmod(round(time.monotonic() - self.begun), 60)
        good = all(ok for _, ok, _, _ in self.rows)
        print(f"{'All passed' if good else 'FAILED'} in {minutes} min {seconds} s")
        return 0 if good else 1
