"""Rounds in any stage for tests: a district with three schools, or one school, and judges."""

from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_leader, make_school, make_user
from works.actions.judging import open_round, save_sheet
from works.actions.rounds import add_entries, add_judge
from works.models import Judge, Sheet
from works.tests.factories import make_round, make_work

GOOD = {"truth": 9, "care": 9, "words": 9}


def make_schools(authority, count=3):
    """Schools, each with a leader and a class head who writes."""
    rows = []
    for number in range(1, count + 1):
        school = make_school(authority, name=f"示例松涛{number}路小学", short_name=f"松涛{number}路小学")
        head = make_class_head(make_class(school), name=f"柏松{'甲乙丙丁戊己庚'[number]}")
        rows.append((school, head, make_leader(school, name=f"苏澄{number}")))
    return rows


def make_judges(school, count, tag="白露"):
    return [make_user(Role.TEACHER, school=school, name=f"{tag}{number}") for number in range(count)]


def district_round(programme, officer, *, schools=3, works_each=2, judges_each=2, kind="essay", **fields):
    """A district's round in preparation: works filed by each school, one judge from each school and two of a fourth."""
    places = make_schools(programme.authority, schools)
    for school, head, leader in places:
        for number in range(works_each):
            make_work(head, programme, school, kind=kind, state="filed", leader=leader, title=f"题{school.pk}-{number}")
    round_ = make_round(programme, by=officer, kind=kind, judges_each=judges_each, **fields)
    add_entries(round_, by=officer)
    elsewhere = make_school(programme.authority, name="示例望潮小学", short_name="望潮小学")
    judges = [make_user(Role.TEACHER, school=school, name=f"评{school.pk}") for school, _, _ in places]
    judges += make_judges(elsewhere, 2)
    for judge in judges:
        add_judge(round_, judge, by=officer)
    return round_


def school_round(programme, school, leader, *, works=3, judges=2, kind="essay", judges_each=2, **fields):
    """A school's round in preparation: works by one author, judges who are colleagues."""
    author = make_user(Role.TEACHER, school=school, name="温知遥")
    for number in range(works):
        make_work(author, programme, school, kind=kind, state="submitted", title=f"阳台上的第{number}行")
    round_ = make_round(programme, by=leader, school=school, kind=kind, judges_each=judges_each, **fields)
    add_entries(round_, by=leader)
    for judge in make_judges(school, judges):
        add_judge(round_, judge, by=leader)
    return round_


def opened(round_, **fields):
    return open_round(round_, by=round_.created_by, seed=5, **fields)


def score_all(round_, points=None, left=0):
    """Every dealt sheet but the last `left`; points: number → scores, else good ones."""
    sheets = list(Sheet.objects.filter(entry__round=round_, state="dealt").select_related("entry", "judge__user").order_by("pk"))
    for sheet in sheets[: len(sheets) - left]:
        scores = points(sheet) if points else GOOD
        save_sheet(sheet, by=sheet.judge.user, scores=scores)


def sheets_of(round_, user):
    return list(Sheet.objects.filter(entry__round=round_, judge__user=user).select_related("entry").order_by("entry__number"))


def judges_of(round_):
    return [judge.user for judge in Judge.objects.filter(round=round_).select_related("user").order_by("pk")]
