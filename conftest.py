"""Fixtures for browser tests (`@pytest.mark.browser`): a Chromium, pages of a given size, sign-in, axe.

    @pytest.mark.browser
    def test_home_greets_teacher(page_at, sign_in, axe, teacher):
        page = page_at(390, 844)
        sign_in(page, teacher)
        page.goto("/")
        assert axe(page) == []
"""

import gc
import os
import threading
import time
from collections import Counter

import hypothesis
import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.test import Client

from tools.setup import chromium

pytest_plugins = ["schools.tests.place"]

# A busy machine is no defect: no time limit for one example.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


ALONE = ("_survival", "_burden", "_races")  # they kill, measure or race
DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_collection_modifyitems(items):
    """A file of browser tests stays on one worker; what asks no database runs on one only."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group(f"browser {item.path.name}"))
            if not item.path.stem.endswith(ALONE):
                item.add_marker(pytest.mark.walk)
        elif not (item.get_closest_marker("django_db") or DATABASE & set(item.fixturenames)):
            item.add_marker(pytest.mark.sqlite)
    _long_ones_first(items)


def _long_ones_first(items):
    """Files of browser tests, which stay on one worker, then histories and what walks the whole house: else the last of
    them runs alone while the other workers have nothing left to do."""
    size = Counter(item.path for item in items if item.get_closest_marker("browser"))

    def rank(item):
        is_long = item.path.stem.endswith("_property") or item.path.parent.parent.name == "homevisit"
        return -size[item.path], not is_long

    items.sort(key=rank)


def pytest_collection_finish():
    """What was imported by now stays to the end: the collector need not walk it a thousand times (a tenth of a run)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class AtWork:
    """Requests the live server is answering. A page that closes still sends what it keeps; the tables may be emptied
    only when that has been written."""

    def __init__(self):
        self.requests, self.changed_at, self.lock = 0, 0.0, threading.Lock()
        request_started.connect(self.begun, dispatch_uid="at_work.begun", weak=False)
        request_finished.connect(self.over, dispatch_uid="at_work.over", weak=False)

    def begun(self, **_):
        self._count(1)

    def over(self, **_):
        self._count(-1)

    def _count(self, by):
        if threading.current_thread() is not threading.main_thread():  # the test's own client is not the server
            with self.lock:
                self.requests, self.changed_at = max(0, self.requests + by), time.monotonic()

    def settle(self, quiet=0.15, most=10):
        until = time.monotonic() + most
        beginning = time.monotonic()
        while (now := time.monotonic()) < until:
            if not self.requests and now - max(self.changed_at, beginning) > quiet:
                return
            time.sleep(0.02)


at_work = AtWork()


@pytest.fixture(scope="session")
def browser():
    """Chromium from the system, driven by Playwright. Missing is a failure, never a skip."""
    program = chromium()
    if program is None:
        pytest.fail("Chromium is missing: run `apt-get install chromium fonts-noto-cjk` as root.", pytrace=False)
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, so Django would refuse every query of the test itself.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield chrome
        chrome.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page_at(browser, live_server):
    """page_at(width, height, **context options): a fresh page on the live server, signed in as nobody.

    When the test ends, no page may have broken a script, the content policy, or asked another host.
    """
    contexts, problems = [], []

    def watch(page):
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        page.on("console", lambda message: problems.extend(_complaint(message)))
        page.on("request", lambda request: problems.extend(_foreign(request.url, live_server.url)))

    def open_page(width, height, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            base_url=live_server.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        context.set_default_timeout(30_000)  # a busy machine is not a broken page
        context.on("page", watch)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    at_work.settle()
    assert problems == []


def _complaint(message):
    """Errors the browser printed, except that a page answered 4xx: tests ask for those on purpose."""
    wanted = message.type == "error" and not message.text.startswith("Failed to load resource")
    return [f"console: {message.text}"] if wanted else []


def _foreign(url, own):
    return [] if url.startswith((own, "data:", "blob:")) else [f"other host: {url}"]


@pytest.fixture
def sign_in(live_server):
    """sign_in(page, user): give the page's browser context a session of this user, without the login form."""

    def give_session(page, user):
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return give_session


@pytest.fixture
def axe():
    """axe(page): accessibility violations as ["rule: target, target"], [] when there are none."""
    from axe_playwright_python.sync_playwright import Axe

    def violations(page):
        page.wait_for_load_state()
        # Preloading, asked for by no rule that runs here, writes styles into a page whose sheets import others: the
        # policy of the administration's pages forbids it, and the browser complains.
        found = Axe().run(page, options={"preload": False}).response["violations"]
        return [f"{rule['id']}: " + ", ".join(" ".join(node["target"]) for node in rule["nodes"]) for rule in found]

    return violations


@pytest.fixture
def s3_storage(settings):
    """Private files go to a bucket of a real S3 service on a port of its own."""
    from core.storage import storage_of
    from core.tests.s3 import s3_server

    with s3_server() as url:
        settings.STORAGES = {**settings.STORAGES, "default": storage_of(url)[1]}
        yield


@pytest.fixture(params=["folder", "s3"])
def any_storage(request, settings, tmp_path):
    """The same test on a folder and on S3."""
    settings.MEDIA_ROOT = tmp_path / "media"
    if request.param == "s3":
        request.getfixturevalue("s3_storage")
