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
    rows = rows.order_by("returned_at", "pk").values_list("author_id", "school_id", "programme_id", "pk")
    found = defaultdict(lambda: defaultdict(list))
    for author, school, programme, pk in rows:
        if people.works_at(author, school):
            found[author][programme].append(pk)
    return {author: [_returned(*one) for one in sorted(own.items())] for author, own in found.items()}


def _returned(programme, pks):
    url = reverse("works:mine") if len(pks) > 1 else reverse("works:edit", args=pks)
    return Line(LineKind.RETURNED, f"{len(pks)}篇作品退回来了，改好再交", url, len(pks), "work", programme)


def works_at_school(people):
    """What authors handed in, for the leader who recommends; what is recommended and not filed, for the office.
    Two queries."""
    if not people.offices:
        return {}
    waiting, ready = Counter(), Counter()
    own = Counter()  # nobody decides on the own story
    rows = Work.objects.filter(**_place(people)).order_by()
    submitted = rows.filter(state=WorkState.SUBMITTED).values_list("school_id", "programme_id", "author_id", "honoree_id")
    for school, programme, *persons in submitted:
        waiting[school, programme] += 1
        for person in {*persons} - {None}:
            own[school, programme, person] += 1
    for school, kind, programme, count in (
        rows.filter(state=WorkState.APPROVED).values("school_id", "kind", "programme_id")
        .annotate(count=Count("pk")).values_list("school_id", "kind", "programme_id", "count")
    ):  # fmt: skip
        if kind in {one.code for one in people.programmes[programme].rules.works if one.goes_up}:
            ready[school, programme] += count
    lines = defaultdict(list)
    for (school, programme), total in sorted(waiting.items()):
        for person in people.leaders.get(school, ()):
            if count := total - own[school, programme, person]:
                lines[person].append(_at_school(f"{count}篇老师交的作品等学校审", count, "work", school, programme))
    for (school, programme), count in sorted(ready.items()):
        for person in people.offices.get(school, ()):
            lines[person].append(_at_school(f"{count}篇推荐好的作品还没有报区", count, "file", school, programme))
    return lines


def _at_school(text, count, code, school, programme):
    url = f"{reverse('works:school')}?school={school}"
    return Line(LineKind.REVIEW, text, url, count, f"{code} {school}", programme, school)


def filings(people):
    """Plans and reports the district sent back, and those settled and not filed, for the office. Two queries."""
    if not people.offices:
        return {}
    lines = defaultdict(list)
    for model, name, url in FILINGS:
        rows = model.objects.filter(state__in=[FilingState.RETURNED, FilingState.APPROVED], **_place(people))
        for school, programme, state in rows.values_list("school_id", "programme_id", "state"):
            back = state == FilingState.RETURNED
            text = f"{name}被区里退回，改好再报" if back else f"{name}已经审定，还没有报区"
            kind = LineKind.RETURNED if back else LineKind.REVIEW
            line = Line(
                kind, text, f"{reverse(url)}?school={school}", 1, f"{model._meta.model_name} {school}", programme, school
            )
            for person in people.offices.get(school, ()):
                lines[person].append(line)
    return lines


def statements(people):
    """教师走访情况表 shown and not agreed to yet. One query."""
    rows = Statement.objects.filter(
        teacher_id__in=people.ids, state=StatementState.SHOWN, agreed_at__isnull=True, **_place(people)
    )
    url, lines = reverse("reports:my_statement"), defaultdict(list)
    for teacher, school, programme in rows.order_by("pk").values_list("teacher_id", "school_id", "programme_id"):
        if people.works_at(teacher, school):
            lines[teacher].append(Line(LineKind.CONFIRM, "你的走访情况表等你核对", url, 1, "statement", programme, school))
    return lines


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
