"""Who is missing before a deadline: a school's own list for its office, counts of schools for the district."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import F, Sum
from django.urls import reverse

from core.clock import now, today
from core.formats import day
from programmes.config.days import last_day_before
from programmes.enums import DeadlineKind
from programmes.models import LatePass
from reminders.enums import LineKind
from reminders.queries.hours import Nearing
from reminders.queries.line import Line
from reports.enums import Handed
from reports.queries.submissions import register
from schools.models import School
from visits.models import ClassCount
from visits.models.register import ALL

PAGES = {"plan": "reports:plan", "report": "reports:report"}  # every other paper is a work


def schools(people, occasion):
    """For the leader and the office: what the school has not handed in, and how far its visiting is. For every
    programme a query for more time given, one for the classes, and those of the register."""
    lines = defaultdict(list)
    for programme in people.programmes.values():
        places = [pk for pk in people.at(programme) if pk in people.offices]
        ahead, longer = occasion.nearing(programme), _longer(programme, places, occasion)
        if not places or not (ahead or longer):
            continue
        left = classes_left(programme, places) if any(one.kind == DeadlineKind.COVERAGE for one in ahead) else {}
        papers = register(programme, school_ids=places)
        for school in places:
            found = list(_of_school(programme, school, ahead, left, papers.get(school, {})))
            found += _late(programme, school, longer.get(school, ()), papers.get(school, {}))
            for person in people.offices[school]:
                lines[person] += found
    return lines


def _of_school(programme, school, ahead, left, papers):
    for one in ahead:
        if one.kind == DeadlineKind.COVERAGE and (line := _coverage(programme, one, school, left)):
            yield line
        if owed := owing(programme, one, papers):
            yield _papers(programme, one, school, owed)


def _longer(programme, places, occasion):
    """{school: [(submission, Nearing)]} where the district gave more time and a list is due before that ends."""
    found = defaultdict(list)
    rows = LatePass.objects.standing().filter(programme=programme, school_id__in=places, until__gt=now())
    for school, submission, until in rows.values_list("school_id", "submission", "until"):
        last_day = last_day_before(until)
        left = occasion.left(programme, last_day)
        if left is not None:
            found[school].append((submission, Nearing("late", "补报", last_day, left)))
    return found


def _late(programme, school, passes, papers):
    for submission, one in passes:
        line = papers.get(submission)
        if line and line.is_owed:
            text = f"{when(one)}补报截止，还没有报：{line.label}"
            yield Line(
                LineKind.MISSING, text, _page(submission, school), 1, f"late {submission} {school}", programme.pk, school
            )


def _page(submission, school):
    """Where the school hands it in."""
    return f"{reverse(PAGES.get(submission, 'works:school'))}?school={school}"


def _coverage(programme, one, school, left):
    found = left.get(school)
    if found is None:
        return None
    pupils, text = found.pupils, f"{when(one)}走访截止：{found.classes}个班还有{found.pupils}人没走访{found.apart}"
    url = reverse("visits:school", args=[school])
    return Line(LineKind.MISSING, text, url, pupils, f"{one.kind} {school}", programme.pk, school)


def _papers(programme, one, school, owed):
    names = "、".join(f"{line.label}{'（退回）' if line.state == Handed.RETURNED else ''}" for line in owed)
    text, url = f"{when(one)}截止，还没有报：{names}", _page(owed[0].code, school)
    return Line(LineKind.MISSING, text, url, len(owed), f"papers {one.kind} {school}", programme.pk, school)


def owing(programme, one, papers):
    """Lines of the register that fall under a deadline and are owed."""
    kinds = {paper.code: paper.deadline for paper in programme.rules.submissions}
    return [line for code, line in papers.items() if kinds.get(code) == one.kind and line.is_owed]


def when(one):
    """9月30日（还有2个工作日）, 今天24:00"""
    if one.last_day == today():
        return f"今天（{day(one.last_day)}）"
    return f"{day(one.last_day)}（还有{one.left}个工作日）" if one.left else f"{day(one.last_day)}（放假前最后一个工作日）"


@dataclass
class Left:
    """Classes of a school with pupils not reached who have not declined; declined: those who have."""

    classes: int = 0
    pupils: int = 0
    declined: int = 0

    @property
    def apart(self):
        """The pages count those who declined among the ones not reached."""
        return "（婉拒的不算）" if self.declined else ""


def classes_left(programme, places=None):
    """{school: Left} of the schools with anybody left. One query."""
    rows = ClassCount.objects.filter(programme=programme, dimension=ALL)
    if places is not None:
        rows = rows.filter(school_id__in=places)
    found = defaultdict(Left)
    for school, left, declined in (
        rows.order_by().values("school_id", "school_class_id")
        .annotate(left=Sum(F("due") - F("visited") - F("declined")), apart=Sum("declined"))
        .values_list("school_id", "left", "apart")
    ):  # fmt: skip
        of = found[school]
        of.declined += declined
        if left > 0:
            of.classes += 1
            of.pupils += left
    return {school: of for school, of in found.items() if of.classes}


def districts(people, occasion):
    """For the officers of the authority: how many schools are missing. Two queries a programme and the register's."""
    lines = defaultdict(list)
    for programme in people.programmes.values():
        officers = people.officers.get(programme.authority_id, ())
        ahead = occasion.nearing(programme) if officers else ()
        if ahead:
            found = list(_of_district(programme, ahead))
            for person in officers:
                lines[person] += found
    return lines


def _of_district(programme, ahead):
    papers = register(programme, school_ids=_in_use(programme))
    for one in ahead:
        said, count = [], 0
        if one.kind == DeadlineKind.COVERAGE and (left := classes_left(programme)):
            said.append(f"{len(left)}所学校没走完")
            count = len(left)
        owed = Counter(line.label for school in papers.values() for line in owing(programme, one, school))
        said += [f"{label}{number}所没报" for label, number in owed.items()]
        if said:
            text = f"{when(one)}{one.title}截止：{'、'.join(said)}"
            most = max(count, *owed.values(), 0)
            yield Line(LineKind.MISSING, text, reverse("desk:home"), most, f"district {one.kind}", programme.pk)


def _in_use(programme):
    rows = School.objects.filter(authority_id=programme.authority_id, is_active=True)
    return list(rows.values_list("pk", flat=True))
