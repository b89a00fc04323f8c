"""Recording a visit: how many a second, and what keeping coverage costs."""

import http.client
import itertools
import os
import threading
import time
import uuid
from statistics import median
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, connections
from django.urls import reverse

from benchmarks.output import line, say
from benchmarks.pages import EMPTY, get, gunicorn, session_of
from benchmarks.timing import side_by_side
from core.clock import today
from programmes.actions.conduct import sign
from schools.enums import Role
from schools.models import User
from students.models import Student
from visits.models import Visit

WRITERS = 4
SECONDS = 6  # of writing a turn
TURNS = 3
TOKEN = "b" * 32  # noqa: S105  any 32 letters: cookie and header only have to agree
TEXTS = {
    "cause": "开学后作业常常拖到很晚，想看看家里的学习环境，也听听家里的想法。",
    "process": "先看了书桌和画作，再和妈妈聊了作息，孩子全程都在。妈妈说晚上最难的是没有人陪着写。" * 2,
    "analysis": "妈妈上夜班，一周三天由外婆照看，书桌挨着电视，晚饭后很吵。" * 2,
    "measures": "约好每晚八点前半小时不开电视，两周后再看。借给他两本书。",
    "reflection": "先说优点，孩子愿意开口。下次早半小时去。",
}


def recording(districts):
    """Visits a second through the whole view with two web processes, against the same view without coverage and
    against bare inserts of the same rows; turns alternate."""
    programme = districts.small
    writers = teachers(programme, WRITERS)
    with gunicorn(workers=2) as port, gunicorn(workers=2, BENCH_WITHOUT_COVERAGE="1") as bare_port:
        kept, bare, raw = [], [], []
        for turn in range(TURNS + 1):
            figures = (
                through_view(port, programme, writers),
                through_view(bare_port, programme, writers),
                raw_inserts(programme, writers),
            )
            if turn:  # the first warms up
                for taken, figure in zip((kept, bare, raw), figures, strict=True):
                    taken.append(figure)
        user, pupils = writers[0]
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(user)}"
        page = reverse("visits:log", args=[pupils[0].pk])
        browser = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        empty, form = side_by_side(
            lambda: get(browser, EMPTY, cookie), lambda: get(browser, page, cookie), rounds=100, warm_up=10
        )
        browser.close()
    say(f"  visits a second: view {median(kept):.0f}, without coverage {median(bare):.0f}, bare rows {median(raw):.0f}")
    line("visits_per_second", median(kept), "1/s", baseline=median(bare))
    line("visits_per_second_raw_inserts", median(kept), "1/s", baseline=median(raw))
    line("record_page", form, "ms", baseline=empty)


def teachers(programme, count):
    """[(class head, pupils)] of different schools, the conduct code signed."""
    found = []
    heads = User.objects.filter(posts__role=Role.CLASS_HEAD, posts__school_class__school__authority=programme.authority)
    for head in heads.order_by("posts__school_class__school_id", "pk").distinct()[: count * 200 : 97]:
        pupils = list(Student.objects.active().filter(school_class_id__in=head.reach.classes))
        if pupils and len(found) < count:
            sign(programme, by=head)
            found.append((head, pupils))
    if len(found) < count:
        raise SystemExit("too few class heads in the measured district")
    return found


def through_view(port, programme, writers):
    """Records written per second by all writers together, each over one kept-alive connection."""
    return _race([(lambda w=w: _poster(port, programme, *w)) for w in writers])


def _poster(port, programme, user, pupils):
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cookies = f"{settings.SESSION_COOKIE_NAME}={session_of(user)}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    headers = {
        "Cookie": cookies, "Host": "127.0.0.1", "X-CSRFToken": TOKEN,
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    path = reverse("visits:log")
    turns = itertools.cycle(pupils)

    def post():
        browser.request("POST", path, urlencode(record(programme, next(turns)), doseq=True), headers)
        response = browser.getresponse()
        body = response.read()
        if response.status != 302:
            raise SystemExit(f"{path} answered {response.status}: {body[:2000].decode(errors='replace')}")

    return post


def record(programme, pupil):
    """What a teacher's form sends: five texts and what the notice asks to tick."""
    return {
        "client_uuid": uuid.uuid4(), "programme": programme.code, "student": pupil.pk, "mode": "in_person",
        "day": today().isoformat(), "start": "18:30", "end": "19:20", "at_home": ["student", "mother"],
        "gift_declined": "on", "opinion-TOTAL_FORMS": 0, "opinion-INITIAL_FORMS": 0,
        "promise-TOTAL_FORMS": 0, "promise-INITIAL_FORMS": 0, "help-TOTAL_FORMS": 0, "help-INITIAL_FORMS": 0,
        **{f"text_{code}": text for code, text in TEXTS.items()},
    }  # fmt: skip


def raw_inserts(programme, writers):
    """The rows of a visit as plain INSERTs in one transaction each, without Django's models."""
    pattern = Visit.objects.filter(programme=programme, recorded_at__isnull=False).order_by("-pk").first()
    columns = [field.column for field in Visit._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(f'"{name}"' for name in columns)
    copied = ", ".join("%s::uuid" if name == "client_uuid" else f'"{name}"' for name in columns)
    visit = f"INSERT INTO visits_visit ({names}) SELECT {copied} FROM visits_visit WHERE id = {pattern.pk} RETURNING id"

    def writer(user, pupils):
        turns = itertools.cycle(pupils)

        def insert():
            pupil = next(turns)
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute(visit, [str(uuid.uuid4())])
                (pk,) = cursor.fetchone()
                cursor.execute(
                    "INSERT INTO visits_visitvisitor (visit_id, user_id, role) VALUES (%s, %s, 'lead')", [pk, user.pk]
                )
                cursor.execute(
                    "INSERT INTO visits_visitstudent (visit_id, student_id, programme_id, authority_id, school_id, "
                    "school_class_id, mode, visited_on, counted) VALUES (%s, %s, %s, %s, %s, %s, 'in_person', %s, false)",
                    [pk, pupil.pk, programme.pk, pupil.authority_id, pupil.school_id, pupil.school_class_id, today()],
                )
                cursor.execute("COMMIT")

        return insert

    speed = _race([(lambda w=w: writer(*w)) for w in writers])
    _forget_raw(programme, pattern)
    return speed


def _forget_raw(programme, pattern):
    """Bare rows are no visits: the register must go on agreeing with what stands."""
    rows = Visit.objects.filter(programme=programme, pk__gt=pattern.pk, visit_students__counted=False, lead=pattern.lead)
    ids = list(rows.filter(created_at=pattern.created_at).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        for table, column in (("visitvisitor", "visit_id"), ("visitstudent", "visit_id"), ("visit", "id")):
            cursor.execute(f"DELETE FROM visits_{table} WHERE {column} = ANY(%s)", [ids])


def _race(makers):
    """Calls a second of all together; each maker runs in its thread and gives the call to repeat."""
    start, done, mistakes = threading.Barrier(len(makers) + 1), [], []

    def run(make):
        try:
            call = make()
            start.wait()
            until, times = time.monotonic() + SECONDS, 0
            while time.monotonic() < until:
                call()
                times += 1
            done.append(times)
        except (Exception, SystemExit) as error:  # noqa: BLE001  raised again below
            mistakes.append(error)
            start.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(make,)) for make in makers]
    for thread in threads:
        thread.start()
    try:
        start.wait()
    except threading.BrokenBarrierError:
        pass
    begun = time.monotonic()
    for thread in threads:
        thread.join()
    if mistakes:
        raise mistakes[0]
    return sum(done) / (time.monotonic() - begun)


def without_coverage():
    """In a web process started with BENCH_WITHOUT_COVERAGE: records are written, the register is not kept."""
    if os.environ.get("BENCH_WITHOUT_COVERAGE"):
        from visits.actions import visit

        visit.recompute = lambda *args, **kwargs: None
        visit.recompute_pupils = lambda *args, **kwargs: {}
