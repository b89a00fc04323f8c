"""Web, workers and beats on one database and one broker, as processes that are killed and started again."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psycopg2
from django.conf import settings

from tools.servers import free_port

KINDS = 5  # of deadlines, each of which has passed
WAIT_SECONDS = 150
CSRF = "a" * 32
CELERY = [sys.executable, "-m", "celery", "-A", "reports.tests.faults.app"]
ONCE = "--without-mingle --without-gossip --without-heartbeat".split()


class System:
    """database: a tools.servers.Postgres or None for SQLite; broker: a Redis or None for the one in files."""

    def __init__(self, children, folder, url, session, *, database=None, broker=None, **env):
        self.children, self.folder, self.url, self.session = children, folder, url, session
        self.database, self.broker, self.port = database, broker, free_port()
        self.env = os.environ | {"HOMEVISIT_TEST_DATA": str(folder), "DATABASE_URL": url, "HOMEVISIT_CLOCK": ""} | env
        for name in ("DJANGO_SETTINGS_MODULE", "BROKER_URL", "REDIS_URL"):
            self.env.pop(name, None)
        if broker:
            self.env["BROKER_URL"] = broker.url
        for name in ("queue", "processed", "control"):
            (folder / "broker" / name).mkdir(parents=True, exist_ok=True)
        self.running, self.commands = {}, {}
        self.beats = ["beat"]

    def start(self, name, command):
        self.commands[name] = command
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = self.children.start(
                command, log=log, env=self.env, cwd=settings.BASE_DIR, end_with=signal.SIGKILL
            )

    def worker(self, name="worker"):
        self.start(name, [*CELERY, "worker", "-P", "threads", "-c", "2", "-n", f"{name}@here", *ONCE])

    def beat(self, name="beat"):
        self.start(name, [*CELERY, "beat", "-s", self.folder / f"{name}-schedule", "--pidfile="])

    def web(self):
        env = {"DJANGO_SETTINGS_MODULE": "homevisit.settings_test"}
        self.env |= env
        place = f"127.0.0.1:{self.port}"
        self.start("web", [sys.executable, "-m", "gunicorn", "homevisit.wsgi", "--bind", place, "--no-control-socket"])

    def kill(self, name):
        """Without warning, its threads and children with it; it is started again at once."""
        server = {"database": self.database, "broker": self.broker}.get(name)
        if server is not None:
            server.kill()
            server.start()
            return
        child = self.running[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        self.start(name, self.commands[name])

    # ── What is seen from outside ──

    def ask(self, sql):
        """The first cell, None while the database is away."""
        try:
            with contextlib.closing(self._connect()) as connection:
                cursor = connection.cursor()
                cursor.execute(sql)
                return cursor.fetchone()[0]
        except psycopg2.OperationalError:
            return None

    def rows(self, sql):
        with contextlib.closing(self._connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return sorted(map(tuple, cursor.fetchall()), key=str)

    def _connect(self):
        if self.database is None:
            import sqlite3

            return sqlite3.connect(self.folder / "test.sqlite3", timeout=20)
        parts = urllib.parse.urlsplit(self.url)
        host = urllib.parse.parse_qs(parts.query)["host"][0]
        return psycopg2.connect(host=host, user="homevisit", dbname=parts.path[1:])

    def done(self):
        return self.ask("select count(*) from core_job where parent_id is not null and state = 'done'") or 0

    def is_ready(self):
        return self.ask("select count(*) from reports_compilation where state = 'ready'") == KINDS

    def wait(self, condition):
        until = time.monotonic() + WAIT_SECONDS
        while not condition():
            assert time.monotonic() < until, self.said()
            time.sleep(0.01)

    def said(self):
        """The end of every log and where the jobs stand, for the person who reads why it failed."""
        ends = [f"{path.name}\n{path.read_text(errors='replace')[-2500:]}" for path in sorted(self.folder.glob("*.log"))]
        states = self.rows("select kind, state, attempts, message, count(*) from core_job group by 1, 2, 3, 4")
        return "\n".join([*ends, *map(str, states)])

    # ── The officer ──

    def begin(self, programme, *, kill=None):
        """The officer presses the button until the package is there, whatever happens to the web; then the clock comes.

        kill: seconds after which the web is killed.
        """
        self.web()
        self.wait(lambda: self.request("/desk/") == 200)
        button = "/desk/compile/", {"programme": programme}
        if kill is not None:
            press = threading.Thread(target=self.request, args=button)
            press.start()
            time.sleep(kill)
            self.kill("web")  # in this thread: what a thread starts ends with it (PR_SET_PDEATHSIG)
            press.join()
        self.wait(lambda: self.request(*button) == 200)
        for name in self.beats:
            self.beat(name)

    @contextlib.contextmanager
    def watching(self):
        """Somebody has the desk open all the while, and presses once more now and then."""
        stop = threading.Event()

        def watch():
            while not stop.wait(0.5):
                self.request("/desk/")
                self.request("/desk/compile/", {"programme": self.programme})

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def request(self, path, data=None):
        """Status, or None while nobody answers."""
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Cookie": cookies, "X-CSRFToken": CSRF},
            data=urllib.parse.urlencode(data).encode() if data else None,
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None


def run(module, *words, folder, url):
    """A module of ours on that database; what it says."""
    env = os.environ | {"HOMEVISIT_TEST_DATA": str(folder), "DATABASE_URL": url, "HOMEVISIT_CLOCK": ""}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def packages(folder):
    return sorted(Path(folder, "media", "compilations").glob("[!.]*.zip"))


def part_zips(folder):
    return sorted(Path(folder, "media", "compilations", "parts").rglob("[!.]*.zip"))
