"""What a record costs a teacher: taps, typed characters, pages and bytes of one complete visit on a phone.

The budget (a record in three minutes, on the stairs): 25 taps, no fact typed twice, 150 KB for the first page, 40 KB
for every later one. homevisit/tests/test_burden.py holds it; benchmarks/burden.py times it on a slow phone.
"""

import gzip
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

WIDTH, HEIGHT = 360, 740
TEXT = ("text/", "javascript", "json", "svg", "manifest")
MAX_TAPS, FIRST_PAGE, LATER_PAGE = 25, 150 * 1024, 40 * 1024
TEXTS = {
    "cause": "开学后作业常常拖到很晚，想看看家里的学习环境。",
    "process": "先看了书桌和画作，再和妈妈聊了作息，孩子全程都在。",
    "analysis": "妈妈上夜班，一周三天由外婆照看，书桌挨着电视。",
    "measures": "约好每晚八点前半小时不开电视，两周后再看。",
    "reflection": "先说优点，孩子愿意开口。",
}


@dataclass
class Burden:
    taps: list = field(default_factory=list)
    typed: list = field(default_factory=list)  # beyond the five texts
    pages: list = field(default_factory=list)  # [(address, bytes over the wire)]


class Phone:
    """A page that counts. Files under /static/ are counted once: they never change under their name, so a browser
    keeps them. Text counts gzipped, as whitenoise and a proxy send it."""

    def __init__(self, page):
        self.page, self.burden, self.kept = page, Burden(), set()
        page.route("**/*", self._pass)

    def open(self, path):
        self.burden.pages.append([path, 0])
        self.page.goto(path, wait_until="networkidle")

    def tap(self, selector, *, new_page=False):
        """One tap by a thumb; new_page: it leads to another page."""
        self.burden.taps.append(selector)
        if not new_page:
            self.page.tap(selector)
            return
        self.burden.pages.append([selector, 0])
        with self.page.expect_navigation(wait_until="networkidle"):
            self.page.tap(selector)

    def write(self, code):
        """One of the five texts; the cursor is there already, or a tap puts it there."""
        area = self.page.locator(f"#id_text_{code}")
        if not area.evaluate("el => el === document.activeElement"):
            self.tap(f"#id_text_{code}")
        self.page.keyboard.insert_text(TEXTS[code])

    def fill(self, selector, text):
        """Something else that has to be typed or picked."""
        self.burden.taps.append(selector)
        self.burden.typed.append(text)
        self.page.fill(selector, text)

    def _pass(self, route):
        response = route.fetch(max_redirects=0)
        self._weigh(response)
        if "location" in response.headers:  # where a redirect leads is not asked for through this door
            self._weigh(self.page.request.get(urljoin(route.request.url, response.headers["location"])))
        route.fulfill(response=response)

    def _weigh(self, response):
        path = urlsplit(response.url).path
        if response.status != 200 or path in self.kept:
            return
        if path.startswith("/static/"):
            self.kept.add(path)
        body, kind = response.body(), response.headers.get("content-type", "")
        self.burden.pages[-1][1] += len(gzip.compress(body, 6) if any(word in kind for word in TEXT) else body)


def complete_record(phone):
    """From the list of families to the stored record: who was at home, what was talked about, five texts, the gift."""
    page = phone.page
    phone.open("/visits/")
    phone.tap(".tab.fab", new_page=True)
    phone.tap("#families input[name=student]", new_page=True)
    if page.locator("#id_conduct_read").count():
        phone.tap("#id_conduct_read")
    phone.tap("[data-next]")
    phone.tap("[data-now=id_end]")
    for person in ("student", "mother"):
        phone.tap(f"input[name=at_home][value={person}]")
    for tick in page.locator("[data-check-group] input[type=checkbox]").all()[:4]:
        phone.tap(f"#{tick.get_attribute('id')}")
    phone.tap("[data-next]")
    for code in TEXTS:
        phone.write(code)
        phone.tap("[data-next]")
    if page.locator("#id_gift_declined").count():
        phone.tap("#id_gift_declined")
    phone.tap("[data-submit]", new_page=True)
    return phone.burden
