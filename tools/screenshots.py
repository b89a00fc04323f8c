"""`make screenshots`: every page as the role that uses it, at 390×844 and 1440×900, into docs/screenshots/.

Starts the product on demo data of its own in a temporary folder, walks it with Chromium and stops it again.
"""

import io
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image

from tools.children import Failed, main
from tools.run import FOLDERS
from tools.servers import free_port
from tools.setup import PYTHON, ROOT, chromium

OUT = ROOT / "docs" / "screenshots"
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}
BUDGET = 3_300_000  # bytes, all pictures together
WEBP = {"format": "WEBP", "quality": 60, "method": 6}  # a quarter less than a JPEG of poorer text
JOB_SECONDS = 120
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
# name: (role, address). "a → b #c" is the first link on page a whose address matches b, at c; → may come again.
# WEEK_AGO is that day's end. A part named on the first page is scrolled to once it is there.
PAGES = {
    "login": ("", "/accounts/login/"),
    "teacher-home": ("class_head", "/visits/"),
    "visit-log": ("class_head", "/visits/new/"),
    "plan": ("class_head", r"/visits/ → /visits/plan/\d+/"),
    "appointment": ("class_head", r"/visits/ → /visits/appointments/\d+/"),
    "brief": ("class_head", r"/visits/ → /visits/appointments/\d+/ → /visits/brief/\d+/"),
    "conduct": ("class_head", "/programme/conduct/"),
    "visit-1-prepare": ("class_head", r"/visits/class/ → /visits/new/\d+/"),
    "visit-2-onsite": ("class_head", r"/visits/class/ → /visits/new/\d+/ #onsite"),
    "visit-3-record": ("class_head", r"/visits/class/ → /visits/new/\d+/ #record"),
    "visit-4-review": ("class_head", r"/visits/class/ → /visits/new/\d+/ #review"),
    "visit-records": ("class_head", "/visits/records/"),
    "visit-record": ("class_head", r"/visits/records/ → /visits/\d+/"),
    "review": ("class_head", "/visits/to-review/"),
    "class-board": ("class_head", "/visits/class/"),
    "hint-own": ("class_head", r"/honesty/ → /honesty/\d+/"),
    "student": ("class_head", r"/visits/class/ → /students/\d+/"),
    "school": ("school_leader", "/visits/school/"),
    "school-hints": ("school_leader", "/visits/school/#k-honesty"),
    "hints": ("school_leader", "/honesty/school/"),
    "hint": ("school_leader", r"/honesty/school/ → /honesty/\d+/"),
    "meetings": ("school_leader", "/programme/events/"),
    "school-form": ("school_leader", "/programme/form/"),
    "programme": ("school_leader", "/programme/overview/"),
    "roster-import": ("school_admin", "/students/import/"),
    "desk": ("district_admin", "/desk/"),
    "desk-school": ("district_admin", r"/desk/ → /desk/school/\d+/"),
    "works": ("class_head", "/works/"),
    "work-new": ("class_head", "/works/new/"),
    "work-edit": ("class_head", r"/works/ → /works/\d+/edit/"),
    "works-school": ("school_leader", "/works/school/"),
    "works-school-review": ("school_leader", r"/works/school/ → /works/school/\d+/"),
    "rounds": ("school_leader", r"/works/rounds/ → /works/rounds/\d+/"),
    "judging": ("reviewer", r"/works/judging/ → /works/judging/round/\d+/"),
    "school-plan": ("school_leader", r"/reports/plan/ → /reports/plan/\d+/"),
    "school-report": ("school_leader", "/reports/report/"),
    "publicity": ("school_leader", "/programme/publicity/"),
    "statements": ("school_leader", "/reports/statements/"),
    "showings": ("class_head", "/works/stories/"),
    "honours": ("school_leader", "/works/honours/"),
    "desk-review": ("reviewer", "/desk/review/?tab=story"),
    "desk-plans": ("district_admin", "/reports/plans/"),
    "files": ("district_admin", "/reports/"),
    "package": ("district_admin", r"/reports/ → /reports/\d+/"),
    "package-schools": ("district_admin", r"/reports/ → /reports/\d+/ → /reports/\d+/schools/"),
    "desk-as-of": ("district_admin", "/desk/as-of/?at=WEEK_AGO"),
    "desk-register": ("district_admin", "/desk/register/"),
    "desk-jobs": ("district_admin", "/desk/jobs/"),
    "school-as-of": ("school_leader", "/reports/as-of/?at=WEEK_AGO"),
    "school-statement": ("school_leader", "/reports/statements/school/"),
    "robot": ("school_leader", "/reminders/robot/"),
    "reminders": ("class_head", "/reminders/"),
    "admin": ("district_admin", "/admin/"),
    "denied": ("class_head", "/desk/"),
    "missing": ("class_head", "/nothing-here/"),
}


def screenshots(children):
    from playwright.sync_api import sync_playwright

    program = chromium()
    if program is None:
        raise Failed("Chromium is missing: run `apt-get install chromium fonts-noto-cjk` as root.")
    only = set(sys.argv[1:])
    folder = Path(tempfile.mkdtemp(prefix="homevisit-shots-"))
    try:
        base, logins = serve(children, folder)
        OUT.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
            run_jobs(browser, base, logins)
            for size in SIZES:
                walk(browser, base, logins, size, only)
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not only:
        for path in OUT.iterdir():  # of pages that are no longer taken
            if path.name not in {f"{name}-{size}.webp" for name in PAGES for size in SIZES}:
                path.unlink()
    weight = sum(path.stat().st_size for path in OUT.iterdir())
    print(f"{len(list(OUT.iterdir()))} pictures, {weight / 1e6:.2f} MB")
    if not only and weight > BUDGET:
        raise Failed(f"The pictures weigh {weight} bytes, more than {BUDGET}.")
    return 0


def serve(children, folder):
    """The product on a free port; returns its address and {role: login} of one school of the first authority."""
    port = free_port()
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    env = os.environ | {
        "DATA_DIR": str(folder), "SECRET_KEY": secrets.token_urlsafe(50), "HOMEVISIT_DEMO": "1",
        "FIELD_KEYS": "k1:" + b64encode(secrets.token_bytes(32)).decode(), "DEMO_PASSWORD": secrets.token_urlsafe(12),
    }  # fmt: skip
    env.pop("DATABASE_URL", None)
    for command in (["migrate", "-v0"], ["collectstatic", "-v0", "--noinput"], ["demo", "--logins", folder / "logins"]):
        subprocess.run([PYTHON, ROOT / "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    gunicorn = [PYTHON, "-m", "gunicorn", "homevisit.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    celery = [PYTHON, "-m", "celery", "-A", "homevisit", "worker", "-P", "threads", "-c", "2", "--loglevel", "WARNING"]
    for name, command in (("web", [*gunicorn, "--no-control-socket"]), ("worker", [*celery, "--without-gossip"])):
        with (folder / f"{name}.log").open("wb") as log:
            children.start(command, cwd=ROOT, env=env, log=log)
    base = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=2).close()
            break
        except OSError:
            time.sleep(0.1)
    return base, json.loads((folder / "logins").read_text())


def signed_in(browser, base, logins, role, size):
    """A page of that size, of the first who has the role; of nobody for ""."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=base, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    if role:
        login = next(login for key, login in logins.items() if key.split("/")[-1] == role)
        page.goto("/accounts/login/")
        page.fill("[name=login]", login["username"])
        page.fill("[name=password]", login["password"])
        page.press("[name=password]", "Enter")
        page.wait_for_load_state("networkidle")
    return page


def run_jobs(browser, base, logins):
    """What the district made before it is looked at: a package and the register as a file."""
    page = signed_in(browser, base, logins, "district_admin", "desktop")
    for address, button, done in (
        ("/reports/", "按现在汇编", "/reports/"), ("/desk/register/", "开始导出", "/desk/register/"),
    ):  # fmt: skip
        page.goto(address)
        page.get_by_role("button", name=button).first.click()
        page.wait_for_load_state("networkidle")
        until = time.monotonic() + JOB_SECONDS
        while not page.get_by_role("link", name="下载").count():
            if time.monotonic() > until:
                raise Failed(f"{button} was not done after {JOB_SECONDS} s.")
            time.sleep(1)
            page.goto(done)
    page.context.close()


def walk(browser, base, logins, size, only):
    for role in dict.fromkeys(role for name, (role, _) in PAGES.items() if not only or name in only):
        page = signed_in(browser, base, logins, role, size)
        for name, (its_role, address) in PAGES.items():
            if its_role == role and (not only or name in only):
                open_page(page, address)
                Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(OUT / f"{name}-{size}.webp", **WEBP)
        page.context.close()


def open_page(page, address):
    """Go to the address as PAGES writes it. Raises Failed when a page has no such link."""
    address = address.replace("WEEK_AGO", (datetime.now(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=7)).isoformat())
    start, *patterns = address.split(" → ")
    page.goto(start)
    for pattern in patterns:
        pattern, _, part = pattern.partition(" #")
        links = page.eval_on_selector_all("a[href]", "links => links.map(a => a.pathname + a.search)")
        found = next((link for link in links if re.fullmatch(pattern, link)), None)
        if found is None:
            raise Failed(f"No link like {pattern} on {page.url}")
        page.goto(f"{found}#{part}" if part else found)
    page.wait_for_load_state("networkidle")
    if "#" in start:  # what the page fetches later cannot be an anchor
        page.locator(start[start.index("#") :]).evaluate("part => part.scrollIntoView({behavior: 'instant'})")


if __name__ == "__main__":
    main(screenshots)
