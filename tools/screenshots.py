"""`make screenshots`: every page as the role that uses it, at 390×844 and 1440×900, into docs/screenshots/.

Starts the product on demo data of its own in a temporary folder, walks it with Chromium and stops it again.
"""

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
from pathlib import Path

from tools.children import Failed, main
from tools.servers import free_port
from tools.setup import PYTHON, ROOT, chromium

OUT = ROOT / "docs" / "screenshots"
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}
BUDGET = 3_300_000  # bytes, all pictures together
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
# name: (role, address). "a → b #c" is the first link on page a whose address matches b, at c.
PAGES = {
    "login": ("", "/accounts/login/"),
    "teacher-home": ("class_head", "/visits/"),
    "visit-log": ("class_head", "/visits/new/"),
    "plan": ("class_head", r"/visits/ → /visits/plan/\d+/"),
    "appointment": ("class_head", r"/visits/ → /visits/appointments/\d+/"),
    "brief": ("class_head", r"/visits/ → /visits/brief/\d+/"),
    "conduct": ("class_head", "/programme/conduct/"),
    "visit-1-prepare": ("class_head", r"/visits/class/ → /visits/new/\d+/"),
    "visit-2-onsite": ("class_head", r"/visits/class/ → /visits/new/\d+/ #onsite"),
    "visit-3-record": ("class_head", r"/visits/class/ → /visits/new/\d+/ #record"),
    "visit-4-review": ("class_head", r"/visits/class/ → /visits/new/\d+/ #review"),
    "visit-records": ("class_head", "/visits/records/"),
    "visit-record": ("class_head", r"/visits/records/ → /visits/\d+/"),
    "review": ("class_head", "/visits/to-review/"),
    "class-board": ("class_head", "/visits/class/"),
    "student": ("class_head", r"/visits/class/ → /students/\d+/"),
    "school": ("school_leader", "/visits/school/"),
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
            for size, (width, height) in SIZES.items():
                walk(browser, base, logins, size, width, height, only)
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    weight = sum(path.stat().st_size for path in OUT.iterdir())
    print(f"{len(list(OUT.iterdir()))} pictures, {weight / 1e6:.2f} MB")
    if weight > BUDGET:
        raise Failed(f"The pictures weigh {weight} bytes, more than {BUDGET}.")
    return 0


def serve(children, folder):
    """The product on a free port; returns its address and {role: login} of one school of the first authority."""
    port = free_port()
    env = os.environ | {
        "DATA_DIR": str(folder), "SECRET_KEY": secrets.token_urlsafe(50), "HOMEVISIT_DEMO": "1",
        "FIELD_KEYS": "k1:" + b64encode(secrets.token_bytes(32)).decode(), "DEMO_PASSWORD": secrets.token_urlsafe(12),
    }  # fmt: skip
    env.pop("DATABASE_URL", None)
    for command in (["migrate", "-v0"], ["collectstatic", "-v0", "--noinput"], ["demo", "--logins", folder / "logins"]):
        subprocess.run([PYTHON, ROOT / "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    gunicorn = [PYTHON, "-m", "gunicorn", "homevisit.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    with (folder / "web.log").open("wb") as log:
        children.start([*gunicorn, "--no-control-socket"], cwd=ROOT, env=env, log=log)
    base = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=2).close()
            break
        except OSError:
            time.sleep(0.1)
    return base, json.loads((folder / "logins").read_text())


def walk(browser, base, logins, size, width, height, only):
    by_role = {}
    for key, login in logins.items():
        by_role.setdefault(key.split("/")[-1], login)
    for role in dict.fromkeys(role for role, _ in PAGES.values()):
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=base, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        page = context.new_page()
        if role:
            page.goto("/accounts/login/")
            page.fill("[name=login]", by_role[role]["username"])
            page.fill("[name=password]", by_role[role]["password"])
            page.press("[name=password]", "Enter")
            page.wait_for_load_state("networkidle")
        for name, (its_role, address) in PAGES.items():
            if its_role == role and (not only or name in only):
                open_page(page, address)
                page.screenshot(path=OUT / f"{name}-{size}.jpg", type="jpeg", quality=38)
        context.close()


def open_page(page, address):
    """Go to the address as PAGES writes it. Raises Failed when page a has no such link."""
    start, _, pattern = address.partition(" → ")
    pattern, _, part = pattern.partition(" #")
    page.goto(start)
    if pattern:
        links = page.eval_on_selector_all("a[href]", "links => links.map(a => a.pathname + a.search)")
        found = next((link for link in links if re.fullmatch(pattern, link)), None)
        if found is None:
            raise Failed(f"No link like {pattern} on {start}")
        page.goto(f"{found}#{part}" if part else found)
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main(screenshots)
