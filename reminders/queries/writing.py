"""Works, plans, reports and statements: what came back to whoever wrote it, and what waits at the school."""

from collections import Counter, defaultdict

from django.db.models import Count
from django.urls import reverse

from core.formats import day
from reminders.enums import LineKind
from reminders.queries.line import Line
from reports.enums import FilingState, StatementState
from reports.models import SchoolPlan, SchoolReport, Statement
from works.enums import RoundState, SheetState, WorkState
from works.models import Sheet, Work

FILINGS = ((SchoolPlan, "走访方案", "reports:plan"), (SchoolReport, "活动报告", "reports:report"))


def _place(people):
    return {"school_id__in": people.schools, "programme_id__in": people.programmes}


def works_returned(people):
    """Sent back to their author. One query."""
    rows = Work.objects.filter(author_id__in=people.ids, state=WorkState.RETURNED, **_place(people))
    found = defaultdict(list)
    for author, school, pk in rows.order_by("returned_at", "pk").values_list("author_id", "school_id", "pk"):
        if people.works_at(author, school):
            found[author].append(pk)
    return {
        author: [
            Line(
                LineKind.RETURNED, f"{len(pks)}篇作品退回来了，改好再交",
                reverse("works:mine") if len(pks) > 1 else reverse("works:edit", args=pks), len(pks), "work",
            )
        ]
        for author, pks in found.items()
    }  # fmt: skip


def works_at_school(people):
    """What authors handed in, for the leader who recommends; what is recommended and not filed, for the office.
    Two queries."""
    if not people.offices:
        return {}
    waiting, ready = Counter(), Counter()
    own = defaultdict(Counter)  # nobody decides on the own story
    rows = Work.objects.filter(**_place(people)).order_by()
    for school, *persons in rows.filter(state=WorkState.SUBMITTED).values_list("school_id", "author_id", "honoree_id"):
        waiting[school] += 1
        for person in {*persons} - {None}:
            own[school][person] += 1
    for school, kind, programme, count in (
        rows.filter(state=WorkState.APPROVED).values("school_id", "kind", "programme_id")
        .annotate(count=Count("pk")).values_list("school_id", "kind", "programme_id", "count")
    ):  # fmt: skip
        if kind in {one.code for one in people.programmes[programme].rules.works if one.goes_up}:
            ready[school] += count
    lines, url = defaultdict(list), reverse("works:school")
    for school, leaders in people.leaders.items():
        for person in leaders:
            if count := waiting[school] - own[school][person]:
                lines[person].append(Line(LineKind.REVIEW, f"{count}篇老师交的作品等学校审", url, count, f"work {school}"))
    for school, office in people.offices.items():
        for person in office if ready[school] else ():
            text = f"{ready[school]}篇推荐好的作品还没有报区"
            lines[person].append(Line(LineKind.REVIEW, text, url, ready[school], f"file {school}"))
    return lines


def filings(people):
    """Plans and reports the district sent back, and those settled and not filed, for the office. Two queries."""
    if not people.offices:
        return {}
    lines = defaultdict(list)
    for model, name, url in FILINGS:
        rows = model.objects.filter(state__in=[FilingState.RETURNED, FilingState.APPROVED], **_place(people))
        for school, state in rows.values_list("school_id", "state"):
            back = state == FilingState.RETURNED
            text = f"{name}被区里退回，改好再报" if back else f"{name}已经审定，还没有报区"
            kind = LineKind.RETURNED if back else LineKind.REVIEW
            for person in people.offices.get(school, ()):
                lines[person].append(Line(kind, text, reverse(url), 1, f"{model._meta.model_name} {school}"))
    return lines


def statements(people):
    """教师走访情况表 shown and not agreed to yet. One query."""
    rows = Statement.objects.filter(
        teacher_id__in=people.ids, state=StatementState.SHOWN, agreed_at__isnull=True, **_place(people)
    )
    return {
        teacher: [Line(LineKind.CONFIRM, "你的走访情况表等你核对", reverse("reports:my_statement"), 1, "statement")]
        for teacher, school in rows.values_list("teacher_id", "school_id")
        if people.works_at(teacher, school)
    }


def sheets(people):
    """Works dealt to a judge and not marked, while the round is open. One query."""
    rows = Sheet.objects.filter(
        judge__user_id__in=people.ids, judge__removed_at__isnull=True, state=SheetState.DEALT,
        entry__round__state=RoundState.OPEN, entry__round__programme_id__in=people.programmes,
    )  # fmt: skip
    found, until = Counter(), {}
    for judge, closes in rows.values_list("judge__user_id", "entry__round__closes_at"):
        found[judge] += 1
        if closes is not None:
            until[judge] = min(closes, until.get(judge, closes))
    return {
        judge: [_judging(count, until.get(judge))]
        for judge, count in found.items()
    }


def _judging(count, closes):
    text = f"{count}篇作品等你评" + (f"，评到{day(closes)}" if closes else "")
    return Line(LineKind.JUDGING, text, reverse("works:judging"), count)
