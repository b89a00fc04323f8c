"""One record through everything that can happen to a page, against a server that is really stopped and a browser that
is really killed. After each, every field of the form is compared character by character."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from playwright.sync_api import Error

from programmes.tests.factories import CONFIG, make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_user
from students.tests.factories import make_student
from tools.setup import chromium
from visits.actions.register import open_register
from visits.models import Visit, VisitDraft
from visits.tests.factories import TEXTS

pytestmark = [pytest.mark.browser, pytest.mark.prove]
SAVED = "#save-state:has-text('已保存')"
# A machine without any network but its own calls the browser offline.
NOT_SAVED = "#save-state:has-text('没保存上'), #save-state:has-text('没有网络')"
PASSWORD = "a-long-test-password"
# Every field a person fills in, as the browser holds it.
FIELDS = """() => Array.from(document.getElementById('visit-form').elements)
  .filter(el => el.name && !['hidden', 'file', 'search', 'submit', 'button'].includes(el.type))
  .map(el => [el.name, el.type, ['radio', 'checkbox'].includes(el.type) ? el.value + el.checked : el.value])
  .sort()"""


def _end_with_parent():
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG: a killed test leaves no server


class Server:
    """gunicorn on the tests' database; stopped, paused and started like a machine in a school's cupboard."""

    def __init__(self, log):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url, self.log, self.process = f"http://127.0.0.1:{self.port}", log, None

    def environment(self):
        name = connection.settings_dict["NAME"]
        if connection.vendor == "sqlite":
            url = f"sqlite:///{name}"
        else:
            url = os.environ["DATABASE_URL"].replace("@/homevisit", f"@/{name}")
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "homevisit.settings_test", "DATABASE_URL": url,
            "HOMEVISIT_CLOCK": settings.HOMEVISIT_CLOCK, "HOMEVISIT_TEST_DATA": os.environ["DATA_DIR"],
        }  # fmt: skip

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "homevisit.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--threads", "4", "--graceful-timeout", "1", "--no-control-socket"]
        self.process = subprocess.Popen(
            command, env=self.environment(), cwd=settings.BASE_DIR, stdout=self.log, stderr=self.log,
            start_new_session=True, preexec_fn=_end_with_parent,
        )  # fmt: skip
        until = time.monotonic() + 60
        while True:
            assert self.process.poll() is None, "gunicorn ended"
            with contextlib.suppress(OSError), urllib.request.urlopen(self.url + "/healthz", timeout=5):
                return
            assert time.monotonic() < until, "gunicorn does not answer"
            time.sleep(0.2)

    def signal(self, which):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, which)

    def stop(self):
        self.signal(signal.SIGKILL)
        self.process.wait()


class Phone:
    """A Chromium with a profile on disk, so that it can be killed and started again."""

    def __init__(self, browser, profile, url):
        self.kind, self.profile, self.url = browser.browser_type, profile, url
        self.start()

    def start(self):
        self.context = self.kind.launch_persistent_context(
            str(self.profile), executable_path=chromium(), base_url=self.url, locale="zh-CN",
            timezone_id="Asia/Shanghai", viewport={"width": 390, "height": 844},
            args=["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-sync", "--disable-background-networking"],
        )  # fmt: skip
        self.context.set_default_timeout(60_000)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()

    def processes(self):
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                line = (place / "cmdline").read_bytes().decode(errors="replace")
                if str(self.profile) in line and "chrom" in line:
                    found.append(int(place.name))
        return found

    def crash_tab(self):
        """The browser ends this tab's process at once, without an unload."""
        with contextlib.suppress(Error):
            self.page.goto("chrome://crash", timeout=5000)

    def kill(self):
        """Like a phone that runs out of memory: no goodbye to anybody."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(Error):
            self.context.close()
        for lock in self.profile.glob("Singleton*"):
            lock.unlink()

    def new_tab(self):
        """The tab is gone, and with it what it kept for itself."""
        old, self.page = self.page, self.context.new_page()
        with contextlib.suppress(Error):
            old.close(run_before_unload=False)

    def sign_in(self, user):
        page = self.page
        if "/accounts/login/" not in page.url:
            page.goto("/accounts/login/")
        page.fill("#id_login", user.username)
        page.fill("[name=password]", PASSWORD)
        page.click("main form [type=submit], form [type=submit]")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def sign_out(self):
        self.page.goto("/visits/")
        self.page.click("nav.tabs summary")
        self.page.click("nav.tabs >> text=退出登录")
        self.page.wait_for_url("**/accounts/login/**")


class Writer:
    """Types into the form and knows what must stand there."""

    def __init__(self, phone, pupil):
        self.phone, self.pupil, self.expected = phone, pupil, None

    @property
    def page(self):
        return self.phone.page

    def open(self):
        self.page.goto(f"/visits/new/{self.pupil.pk}/#record")
        self.page.wait_for_selector("#id_text_cause", state="attached")

    def type(self, name, text):
        """At the end of the field, key by key, into a form whose steps are all unfolded."""
        self.page.evaluate("""name => {
          const el = document.querySelector(`[name=${name}]`), step = el.closest('section[data-step]');
          if (step.hidden) location.hash = '#' + step.id;
          for (let box = el.parentElement; box; box = box.parentElement) {
            if (box.tagName === 'DETAILS') box.open = true;
            if ('line' in box.dataset) box.hidden = false;
          }
        }""", name)  # fmt: skip
        field = self.page.locator(f"[name={name}]")
        field.focus()
        field.press("End")
        field.press("Control+End")
        for line, part in enumerate(text.split("\n")):
            if line:
                field.press("Enter")
            field.press_sequentially(part)
        assert field.input_value().endswith(text)
        self.expected = self.page.evaluate(FIELDS)

    def is_all_there(self, wait=True):
        if wait:
            until = time.monotonic() + 20
            while self.page.evaluate(FIELDS) != self.expected and time.monotonic() < until:
                self.page.wait_for_timeout(100)
        found = self.page.evaluate(FIELDS)
        lost = [(a, b) for a, b in zip(self.expected, found, strict=False) if a != b]
        assert found == self.expected, lost

    def saved(self):
        self.page.wait_for_selector(SAVED)


@pytest.fixture
def server(transactional_db, tmp_path, clock):
    with (tmp_path / "server.log").open("wb") as log:
        server = Server(log)
        server.start()
        yield server
        server.signal(signal.SIGCONT)
        server.stop()


@pytest.fixture
def phone(server, browser, tmp_path):
    profile = tmp_path / "profile"
    profile.mkdir()
    phone = Phone(browser, profile, server.url)
    yield phone
    phone.kill()


def test_not_one_character_is_lost(server, phone):
    programme = make_programme(config=CONFIG)
    school_class = make_class()
    head = make_class_head(school_class, name="陈晓")
    colleague = make_class_head(make_class(school_class.school, number=2), name="罗一鸣")
    make_user(Role.TEACHER, school=school_class.school)
    student = make_student(school_class, name="顾梓涵")
    make_student(school_class, name="夏初晴")
    theirs = make_student(colleague.posts.get().school_class)
    open_register(programme)
    phone.sign_in(head)
    writer = Writer(phone, student)
    writer.open()
    writer.type("text_cause", "一、“开学”后作业拖到很晚…… <b>&amp;\n  第二行𠮷🏠")

    # 1 Reload, with no rest after the last key.
    phone.page.reload()
    writer.is_all_there()
    writer.type("text_process", "二、先看书桌。")

    # 2 Back, and forward again.
    phone.page.goto("/visits/")
    phone.page.go_back()
    writer.is_all_there()
    writer.type("text_analysis", "三、妈妈上夜班。")
    writer.saved()

    # 3 The tab crashes; what came after the last save was on this device alone.
    phone.context.route("**/drafts/**", lambda route: route.abort())
    writer.type("text_measures", "四、八点前不开电视。")
    phone.crash_tab()
    phone.new_tab()
    writer.open()
    writer.is_all_there()

    # 4 The tab is closed without a goodbye.
    writer.type("text_measures", "两周后再看。")
    phone.new_tab()
    writer.open()
    writer.is_all_there()

    # 5 The whole browser is killed; the session ends with it.
    writer.type("text_reflection", "五、先说优点")
    phone.kill()
    phone.start()
    phone.sign_in(head)
    writer.open()
    writer.is_all_there()
    writer.saved()

    # 6 The server stops. One goes on writing, submits in vain, reloads into nothing, and it comes back.
    server.stop()
    writer.type("opinion-0-text", "周末作业早点发。")
    phone.page.evaluate("location.hash = '#review'")
    phone.page.click("[data-submit]")
    phone.page.wait_for_selector("[data-note=dead]:visible")
    writer.is_all_there()
    with contextlib.suppress(Error):
        phone.page.reload()
    server.start()
    phone.page.goto(f"/visits/new/{student.pk}/#review")
    writer.is_all_there()
    writer.saved()

    # 7 The server takes the request and never answers.
    server.signal(signal.SIGSTOP)
    writer.type("opinion-0-text", "多练口语。")
    phone.page.wait_for_selector(NOT_SAVED)
    writer.is_all_there()
    server.signal(signal.SIGCONT)
    writer.saved()  # it tries again by itself

    # 8 No network, for a while.
    phone.context.set_offline(True)
    writer.type("text_reflection", "，孩子愿意开口。")
    phone.page.wait_for_selector("#save-state:has-text('没有网络')")
    phone.context.set_offline(False)
    writer.is_all_there()
    writer.saved()

    # 9 The login expires; signing in leads back to the same form.
    Session.objects.all().delete()
    writer.type("text_cause", "——登录过期前后")
    phone.page.click("[data-note=expired] a")
    phone.sign_in(head)
    assert f"/visits/new/{student.pk}/" in phone.page.url
    writer.is_all_there()
    writer.saved()

    # 10 Signed out in the middle of a sentence; a colleague works on the same browser; signed in again.
    writer.type("text_process", "聊到一半")
    phone.sign_out()
    phone.sign_in(colleague)
    phone.page.goto(f"/visits/new/{theirs.pk}/#record")
    phone.page.wait_for_selector("#id_text_cause", state="attached")
    assert phone.page.input_value("#id_text_cause") == ""
    phone.sign_out()
    phone.sign_in(head)
    writer.open()
    writer.is_all_there()

    # 11 Two tabs, both submit at once: one record, with every character.
    phone.page.evaluate("document.getElementById('times').hidden = false; location.hash = '#onsite'")
    phone.page.fill("#id_start", "18:34")
    phone.page.fill("#id_end", "19:26")
    phone.page.evaluate("location.hash = '#review'")
    phone.page.select_option("[name=opinion-0-category]", index=1)
    phone.page.check("#id_gift_declined", force=True)
    writer.expected = phone.page.evaluate(FIELDS)
    texts = {code: phone.page.input_value(f"#id_text_{code}") for code in TEXTS}
    opinion = phone.page.input_value("[name=opinion-0-text]")
    writer.saved()
    second = phone.context.new_page()
    second.goto(f"/visits/new/{student.pk}/#review")
    second.wait_for_selector("#restored:visible")
    assert second.evaluate(FIELDS) == writer.expected
    for page in (phone.page, second):
        page.evaluate("document.querySelector('[data-submit]').click()")
    for page in (phone.page, second):
        page.wait_for_selector("text=/记好了。|已经提交过，没有重复记。/")

    visit = Visit.objects.get()
    # A form posts its line ends as two characters.
    assert {code: getattr(visit, code).replace("\r\n", "\n") for code in TEXTS} == texts
    assert visit.opinions.get().text == opinion
    assert texts["cause"] == "一、“开学”后作业拖到很晚…… <b>&amp;\n  第二行𠮷🏠——登录过期前后"
    assert not VisitDraft.objects.exists()
