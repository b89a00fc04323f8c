"""What people do with works and statements in the demonstration, done by the program's own acts: rounds, statements."""

from django.db.models import Q

from core.files import write_bytes
from homevisit.demo import media
from programmes.models import EventPhoto
from reports.actions.statement import (
    agree_statement,
    answer_objection,
    count_statements,
    finish_statement,
    object_to_statement,
    show_statement,
)
from schools.enums import Role
from schools.models import Post
from works.actions.judging import close_round, open_round, save_sheet
from works.actions.rounds import add_entries, add_judge, create_round
from works.models import Sheet, Work

SHOWN = 6  # statements that teachers are asked to look at
OBJECTION = "九月十二日和罗老师同去的那一家没有算上。"
ANSWER = "那次记录是今天才交的，已经算上了，再看一看。"
SCORES = (9, 8, 9)


def judge(programme, school, staff):
    """A district's round half judged by its reviewers, and a school's round just opened."""
    first = programme.rules.works[0]
    desk = _holders(Role.DISTRICT_ADMIN, authority=programme.authority)[0]
    reviewers = _holders(Role.REVIEWER, authority=programme.authority)
    round_ = _round(programme, first, desk, reviewers, title=f"区级{first.label}评选", each=len(reviewers))
    if round_:
        sheets = Sheet.objects.filter(entry__round=round_, judge__user=reviewers[0]).order_by("pk")
        for sheet in sheets[: sheets.count() // 2 or 1]:
            codes = [one["code"] for one in round_.criteria]
            save_sheet(sheet, by=reviewers[0], scores=dict(zip(codes, SCORES, strict=False)), comment="事情具体，办法管用。")
    crew = staff[school.pk]
    judges = [user for user in crew.teachers[:3] if user.pk != crew.leader.pk]
    _round(programme, first, crew.leader, judges, title=f"校级{first.label}评选", each=2, school=school)


def judged(programme):
    """A district's round that is over: every sheet marked, places given."""
    first = programme.rules.works[0]
    desk = _holders(Role.DISTRICT_ADMIN, authority=programme.authority)[0]
    reviewers = _holders(Role.REVIEWER, authority=programme.authority)
    round_ = _round(programme, first, desk, reviewers, title=f"区级{first.label}评选", each=len(reviewers))
    if round_ is None:
        return
    codes = [one["code"] for one in round_.criteria]
    for number, sheet in enumerate(Sheet.objects.filter(entry__round=round_).select_related("judge__user").order_by("pk")):
        scores = [max(6, score - (number + place) % 4) for place, score in enumerate(SCORES)]
        save_sheet(sheet, by=sheet.judge.user, scores=dict(zip(codes, scores, strict=False)), comment="读得出是去过的。")
    close_round(round_, by=desk)


def _round(programme, kind, by, judges, *, title, each, school=None):
    works = Work.objects.filter(programme=programme, kind=kind.code)
    states = ["submitted", "approved"] if school else ["filed", "accepted", "shortlisted"]
    where = Q(school=school) if school else Q()
    if not works.filter(where, state__in=states).exists() or not judges:
        return None
    round_ = create_round(programme, by=by, kind=kind.code, title=title, school=school, judges_each=each)
    for person in judges:
        add_judge(round_, person, by=by)
    add_entries(round_, by=by)
    return open_round(round_, by=by, confirmed=True, seed=7)


def tell_teachers(programme, school, staff):
    """Statements of one school: counted, some shown, one agreed and final, one objected to and answered, one waiting."""
    leader = staff[school.pk].leader
    count_statements(programme, school, by=leader)
    rows = list(programme.statements.filter(school=school).exclude(teacher=leader).order_by("pk")[:SHOWN])
    rows = [show_statement(row, by=leader) for row in rows]
    for row, act in zip(rows, ("final", "answered", "objected"), strict=False):
        if act == "final":
            agree_statement(row, by=row.teacher)
            finish_statement(row, by=leader)
            continue
        object_to_statement(row, by=row.teacher, words=OBJECTION)
        if act == "answered":
            answer_objection(row, by=leader, words=ANSWER)


def photos(programme, school, rng):
    """Two drawn pictures on the training of a school."""
    event = programme.meetings.filter(school=school, kind="training").first()
    for number in range(2 if event else 0):
        picture, name = media.room(rng), media.file_name(programme.code, school.pk, number)
        checksum = write_bytes(f"events/{name}.jpg", media.jpeg(picture))
        write_bytes(f"events/{name}-s.jpg", media.jpeg(picture.resize(media.THUMB)))
        EventPhoto.objects.create(
            event=event, school=school, owner=event.created_by, file=f"events/{name}.jpg", thumb=f"events/{name}-s.jpg",
            source_sha256=checksum.translate(media.LETTERS), width=media.SIZE[0], height=media.SIZE[1],
            created_at=event.created_at,
        )  # fmt: skip


def _holders(role, **place):
    rows = Post.objects.active().filter(role=role, **place).select_related("user").order_by("pk")
    return [row.user for row in rows]
