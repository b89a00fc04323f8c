"""Judging a whole district: 300 schools × 10 stories, 30 judges, each work read by three."""

import http.client
import json
import random
import time

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from benchmarks.district import officer
from benchmarks.output import line, say
from benchmarks.pages import EMPTY, get, gunicorn, session_of
from benchmarks.timing import side_by_side
from core.clock import now
from schools.enums import Role
from schools.models import Post, User
from visits.models import Visit
from works.actions.judging import close_round, open_round
from works.actions.results import sheet_total
from works.actions.rounds import add_entries, add_judge, create_round
from works.models import Entry, Round, Sheet, Work

STORIES_EACH, JUDGES, EACH = 10, 30, 3
ROUNDS = 60
STATEMENTS_TARGET = 25
BODY = (
    "九月的一个傍晚，我照着约好的时间去了孩子家。阳台很小，种着一排小葱和两棵番茄。他说想把阳台写进作文，妈妈在一旁笑。"
    "我们商量好，每晚八点前写完，外婆当第一个读者。两周以后再去，墙上多了一张自己画的时间表。"
) * 5


def judged(districts):
    programme = districts.small
    user = officer(programme)
    round_ = prepared(programme, user)
    statements = []

    def watch(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        begun = time.perf_counter()
        round_ = open_round(round_, by=user, seed=1)
        dealing = time.perf_counter() - begun
    sheets = Sheet.objects.filter(entry__round=round_).count()
    if sheets != round_.entries.count() * EACH:
        raise SystemExit(f"{sheets} sheets dealt")
    say(f"  {round_.entries.count()} works dealt to {JUDGES} judges in {dealing:.2f} s, {len(statements)} statements")
    line("judging_deal", dealing, "s", baseline=bare_rows(round_))
    line("judging_deal_statements", len(statements), "queries", baseline=STATEMENTS_TARGET)
    score(round_)
    with gunicorn() as port:
        judge = round_.judges.select_related("user").first()
        sheet = Sheet.objects.filter(judge=judge).first()
        page("judging_sheet_page", port, judge.user, reverse("works:sheet", args=[sheet.token]))
        page("judging_list_page", port, judge.user, reverse("works:judging_round", args=[round_.pk]))
        page("judging_round_page", port, user, reverse("works:round", args=[round_.pk]))
        page("judging_entries_page", port, user, reverse("works:round_entries", args=[round_.pk]))
        begun = time.perf_counter()
        close_round(round_, by=user)
        closing = time.perf_counter() - begun
        line("judging_close", closing, "s", baseline=bare_results(round_))
        page("judging_result_page", port, user, reverse("works:results", args=[round_.pk]))
        page("judging_result_page_60", port, user, reverse("works:results", args=[round_.pk]) + "?page=60")
    forget(round_)


def prepared(programme, user):
    """A district's round in preparation, as its officer leaves it: works filed, judges from thirty schools."""
    moment = now()
    leaders = dict(Post.objects.filter(role=Role.SCHOOL_LEADER).values_list("school_id", "user_id"))
    used, rows = {}, []
    visits = Visit.objects.filter(programme=programme, recorded_at__isnull=False, lead__isnull=False)
    for pk, school_id, author_id in visits.order_by("pk").values_list("pk", "school_id", "lead_id"):
        if used.get(school_id, 0) >= STORIES_EACH or leaders.get(school_id) in (None, author_id):
            continue
        used[school_id] = used.get(school_id, 0) + 1
        leader = leaders[school_id]
        rows.append(Work(
            programme=programme, authority_id=programme.authority_id, school_id=school_id, kind="story", author_id=author_id,
            visit_id=pk, title=f"阳台上的第{len(rows)}行", body=BODY, state="filed", version=1, submitted_at=moment,
            author_confirmed_at=moment, approved_at=moment, approved_by_id=leader, approver_confirmed_at=moment,
            opinion="情况属实，同意推荐。", opinion_on=moment.date(), filed_at=moment, filed_by_id=leader,
        ))  # fmt: skip
    Work.objects.bulk_create(rows, batch_size=1000)
    round_ = create_round(programme, by=user, kind="story", title="区级故事评选", judges_each=EACH)
    add_entries(round_, by=user)
    teachers = User.objects.filter(posts__role=Role.CLASS_HEAD, posts__school_class__school__authority=programme.authority)
    by_school = {}
    for teacher in teachers.order_by("pk").prefetch_related("posts__school_class"):
        by_school.setdefault(teacher.posts.all()[0].school_class.school_id, teacher)
    for teacher in list(by_school.values())[:JUDGES]:
        add_judge(round_, teacher, by=user)
    return round_


def score(round_):
    """Points for every sheet, one left open: written at once, the way to a score is measured by the page."""
    dice, rows = random.Random(7), list(Sheet.objects.filter(entry__round=round_).order_by("pk"))
    for sheet in rows:
        sheet.scores = {one["code"]: dice.randrange(8, 21) / 2 for one in round_.criteria}
        sheet.total, sheet.state = sheet_total(round_.criteria, sheet.scores), "scored"
    Sheet.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=["scores", "total", "state"], batch_size=1000
    )


def bare_rows(round_):
    """Seconds to write the same rows with nothing decided: INSERTs of values at hand into copies of both tables."""
    entries, sheets = Entry.objects.filter(round=round_), Sheet.objects.filter(entry__round=round_)
    return sum(_inserted(rows.order_by("pk")) for rows in (entries, sheets))


def _inserted(rows):
    fields = rows.model._meta.local_concrete_fields
    names, holes = ", ".join(field.column for field in fields), ", ".join(["%s"] * len(fields))
    values = list(rows.values_list(*[field.attname for field in fields]))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bare (LIKE {rows.model._meta.db_table} INCLUDING ALL) ON COMMIT DROP")
        begun = time.perf_counter()
        cursor.executemany(f"INSERT INTO bare ({names}) VALUES ({holes})", [_plain(row) for row in values])
        return time.perf_counter() - begun


def _plain(row):
    return [json.dumps(value) if isinstance(value, dict) else value for value in row]


def bare_results(round_):
    """Seconds to write score and place of the same rows, at hand already."""
    rows = list(Entry.objects.filter(round=round_).values_list("score", "place", "pk"))
    with transaction.atomic(), connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.executemany("UPDATE works_entry SET score = %s, place = %s WHERE id = %s", rows)
        return time.perf_counter() - begun


def page(name, port, user, address, **headers):
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cookie = f"{settings.SESSION_COOKIE_NAME}={session_of(user)}"
    empty, asked = side_by_side(
        lambda: get(browser, EMPTY, cookie), lambda: get(browser, address, cookie, **headers), rounds=ROUNDS, warm_up=5
    )
    browser.close()
    line(name, asked, "ms", baseline=empty)


def forget(round_):
    """The district as it was, for whatever is measured next."""
    works = list(Entry.objects.filter(round=round_).values_list("work_id", flat=True))
    Round.objects.filter(pk=round_.pk).delete()
    Work.objects.filter(pk__in=works).delete()
