"""`make run`: set up what is missing, then web, worker and beat in one terminal until Ctrl-C.

Embedded default: SQLite in WAL mode, jobs as files, nothing else to install. Everything lives in data/.
"""

import base64
import fcntl
import hashlib
import json
import os
import secrets
import socket
import textwrap
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools import setup
from tools.children import TICK, Failed, main
from tools.setup import PYTHON, ROOT

DATA = Path(os.environ.get("DATA_DIR") or ROOT / "data").absolute()
READY_SECONDS = 90
FOLDERS = ("", "logs", "tmp", "done", "media", "broker/queue", "broker/processed", "broker/control")
EASY_TO_TYPE = "abcdefghjkmnpqrstuvwxyz23456789"


def run(children):
    begun = time.monotonic()
    port = free_port(os.environ.get("PORT") or "8000")
    setup.environment(children)
    os.umask(0o077)  # keys, pupils' data and queue files are for this account alone
    for name in FOLDERS:
        (DATA / name).mkdir(parents=True, exist_ok=True)
    with only_one_here():
        write_keys(DATA / "env")
        # The queue moves every message through the temporary folder, so that must be private too.
        env = os.environ | {"DATA_DIR": str(DATA), "TMPDIR": str(DATA / "tmp"), "PYTHONUNBUFFERED": "1"}
        prepare(children, env)
        services = start(children, env, port)
        wait_until_ready(children, services, port)
        greet(port, time.monotonic() - begun)
        while True:
            watch(children, services)
            time.sleep(TICK)


def free_port(text):
    """The port as a number, or a sentence on what is wrong with it."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Failed(f"PORT={text} is not a port number.")
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", int(text)))
        except OSError as error:
            raise Failed(
                f"Port {text} cannot be used ({error.strerror}): stop the program that holds it, "
                f"or choose another, for example PORT={int(text) + 1} make run"
            ) from error
    return int(text)


def only_one_here():
    """An open file whose lock says that this folder's data is in use."""
    lock = (DATA / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Failed(f"It is already running with the data in {DATA}; stop that one first.") from error
    return lock


def write_keys(path):
    """Random keys and a demo password, once. Losing this file means losing every encrypted field."""
    if path.exists():
        return
    password = "-".join("".join(secrets.choice(EASY_TO_TYPE) for _ in range(4)) for _ in range(4))
    lines = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "HOMEVISIT_DEMO": "1",
        "DEMO_PASSWORD": password,
    }
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    draft.rename(path)


def prepare(children, env):
    """Migrate, collect static files, load demo data: each only when its inputs changed."""
    own_database = not env.get("DATABASE_URL") and "DATABASE_URL=" not in (DATA / "env").read_text()
    if own_database and not (DATA / "homevisit.sqlite3").exists():
        for name in ("migrate", "demo"):
            (DATA / "done" / name).unlink(missing_ok=True)
    pins = ROOT / "requirements.txt"
    migrations = setup.digest(pins, *sorted(ROOT.glob("*/migrations/*.py")))
    static = hashlib.sha256(pins.read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        facts = path.stat()
        static.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    if not (ROOT / "staticfiles").exists():
        (DATA / "done" / "collectstatic").unlink(missing_ok=True)
    step = Steps(children, env)
    # A database that is not ours may have been exchanged behind our back: ask it every time.
    step("migrate", migrations if own_database else secrets.token_hex(), "Preparing the database", "--noinput")
    step("collectstatic", static.hexdigest(), "Collecting static files", "--noinput", "--clear")
    step("demo", "loaded", "Loading both programmes and invented demo data", "--logins", DATA / "logins.json")


class Steps:
    """manage.py commands that need not run again while their inputs stay what they were."""

    def __init__(self, children, env):
        self.children, self.env = children, env

    def __call__(self, command, inputs, label, *arguments):
        done = DATA / "done" / command
        if done.exists() and done.read_text() == inputs:
            return
        print(f"{label} …", flush=True)
        line = [PYTHON, ROOT / "manage.py", command, "-v", "0", *arguments]
        self.children.run(line, cwd=ROOT, env=self.env, sentence=f"`manage.py {command}` failed, see above")
        done.write_text(inputs)


def start(children, env, port):
    memory = ["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []
    gunicorn = [PYTHON, "-m", "gunicorn", "homevisit.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    gunicorn += ["--worker-class", "gthread", "--threads", "4", "--timeout", "60", "--graceful-timeout", "5"]
    gunicorn += ["--no-control-socket", *memory]
    celery = [PYTHON, "-m", "celery", "-A", "homevisit", "worker", "-B", "-P", "threads", "-c", "2"]
    celery += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    services = {}
    for name, command in (("web", gunicorn), ("worker", celery)):
        with (DATA / "logs" / f"{name}.log").open("ab") as log:
            services[name] = children.start(command, cwd=ROOT, env=env, log=log)
    return services


def watch(children, services):
    """Raises Failed when a service has ended by itself, Stopped when a stop was asked for."""
    children.check()
    for name, child in services.items():
        if child.poll() is not None:
            log = DATA / "logs" / f"{name}.log"
            end = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise Failed(f"{name} ended (exit code {child.returncode}), so everything is stopped.\n{log}:\n{end}")


def wait_until_ready(children, services, port):
    until = time.monotonic() + READY_SECONDS
    answer = "no answer"
    while time.monotonic() < until:
        watch(children, services)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
                if response.status == 200:
                    return
        except urllib.error.HTTPError as error:
            answer = f"{error.code} {error.read(300).decode(errors='replace')}"
        except OSError:
            pass  # not listening yet
        time.sleep(TICK)
    raise Failed(f"/readyz does not say yes after {READY_SECONDS} s: {answer}. See {DATA / 'logs'}.")


def greet(port, seconds):
    print(f"\nReady after {seconds:.1f} s:  http://127.0.0.1:{port}/\n")
    places, passwords = {}, []
    for key, login in json.loads((DATA / "logins.json").read_text()).items():
        places.setdefault(key.rpartition("/")[0], []).append(login["username"])
        passwords.append(login["password"])
    print(f"Demo logins, password  {'  '.join(sorted(set(passwords)))}")
    for place, names in places.items():
        text = textwrap.fill("  ".join(names), 100, initial_indent="    ", subsequent_indent="    ")
        print(f"  {place}\n{text}")
    print("\nCtrl-C ends everything.", flush=True)


if __name__ == "__main__":
    main(run)
