"""How soon the record form can be used on a slow phone: a quarter of this processor, 1.6 Mbit/s, 150 ms."""

import time
from statistics import median

from django.conf import settings
from django.urls import reverse
from playwright.sync_api import sync_playwright

from benchmarks.output import line
from benchmarks.pages import EMPTY, gunicorn, session_of
from benchmarks.phone import HEIGHT, WIDTH
from benchmarks.visits import teachers
from tools.setup import chromium

ROUNDS = 7
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}  # bytes a second
READY = "document.querySelector('[data-next]') && !document.querySelector('[data-next]').hidden"


def usable(districts):
    """First visit with an empty cache, and the same page again, each against a page without content."""
    (user, pupils), *_ = teachers(districts.small, 1)
    session = session_of(user)
    page_path = reverse("visits:log", args=[pupils[0].pk])
    with gunicorn() as port, sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        base = f"http://127.0.0.1:{port}"
        times = {"empty": [], "first": [], "again": []}
        for _ in range(ROUNDS):
            context = chrome.new_context(viewport={"width": WIDTH, "height": HEIGHT}, base_url=base)
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base}])
            page = context.new_page()
            wire = context.new_cdp_session(page)
            wire.send("Network.enable")
            wire.send("Network.emulateNetworkConditions", SLOW)
            wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            times["empty"].append(_until(page, EMPTY, "true"))
            times["first"].append(_until(page, page_path, READY))
            times["again"].append(_until(page, page_path, READY))
            context.close()
        chrome.close()
    empty = median(times["empty"])
    line("record_usable_first", median(times["first"]), "ms", baseline=empty)
    line("record_usable_again", median(times["again"]), "ms", baseline=empty)


def _until(page, path, ready):
    begun = time.perf_counter()
    page.goto(path, wait_until="domcontentloaded")
    while not page.evaluate(ready):  # wait_for_function would evaluate inside the page, where the policy forbids it
        page.wait_for_timeout(20)
    return (time.perf_counter() - begun) * 1000
