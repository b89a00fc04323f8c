"""Pages through gunicorn, asked for over one kept-alive connection like a browser's."""

import contextlib
import http.client
import os
import subprocess
import sys
import time
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.urls import reverse

from benchmarks.district import officer
from benchmarks.output import line
from benchmarks.timing import side_by_side
from programmes.models import Programme
from reports.queries.desk import desk
from tools.servers import free_port

EMPTY = "/bench/empty/"
ROUNDS = 200
DATABASE_TARGET, QUERIES_TARGET = 15, 6  # performance.md: the district table


def desk_page(districts):
    user, address = officer(districts.big), reverse("desk:home")
    with gunicorn() as port:
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(user)}"
        empty, page = side_by_side(
            lambda: get(browser, EMPTY, cookie), lambda: get(browser, address, cookie), rounds=ROUNDS, warm_up=20
        )
        browser.close()
    line("desk_page_300_schools", page, "ms", baseline=empty)


def desk_table(districts):
    """What the database does for the table itself: 300 schools, all pupils and every category."""
    programme = Programme.objects.get(pk=districts.big.pk)
    user = officer(programme)
    desk(programme, user=user)  # reach and rules are known to any signed-in page
    samples = []
    for _ in range(ROUNDS):
        spent = []

        def watch(execute, sql, params, many, context, spent=spent):
            begun = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                spent.append((time.perf_counter() - begun) * 1000)

        with connection.execute_wrapper(watch):
            desk(programme, user=user)
        samples.append((sum(spent), len(spent)))
    milliseconds, queries = sorted(samples)[ROUNDS // 2]
    line("desk_table_database", milliseconds, "ms", baseline=DATABASE_TARGET)
    line("desk_table_queries", queries, "queries", baseline=QUERIES_TARGET)


def session_of(user):
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return store.session_key


def get(browser, address, cookie, **headers):
    browser.request("GET", address, headers={"Cookie": cookie, "Host": "127.0.0.1", **headers})
    response = browser.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{address} answered {response.status}: {body[:300].decode(errors='replace')}")


@contextlib.contextmanager
def gunicorn(workers=1, **env):
    """Yields the port once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "homevisit.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += ["--worker-class", "gthread", "--threads", "2", "--keep-alive", "60", "--no-control-socket"]
    server = subprocess.Popen(command, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait(port, server, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError):
            browser = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            browser.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
            if browser.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise SystemExit("gunicorn did not answer /healthz")
