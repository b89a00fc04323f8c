"""一、开展情况: figures as of an instant equal an independent recount, then and after later edits; each opens to its rows."""

import random
from datetime import date, timedelta

import pytest

from core.clock import now
from programmes.models import Category, ProgrammeCategory
from reports.actions.report import take_figures
from reports.models import SchoolReport
from reports.queries.figures import Facts, compute
from reports.queries.figures.lines import grades, hide
from reports.queries.figures.rows import counts, opened, ordered
from reports.queries.figures.specs import spec_of, specs
from reports.tests.filed import instant, make_around, make_campaign, make_life, make_report
from reports.tests.recount import recount
from schools.actions.decide import decide
from schools.enums import Role
from schools.tests.factories import make_leader, make_school, make_user
from students.models import CategoryMark, Enrolment, Household, Student
from students.tests.factories import make_mark, make_student
from visits.models import Due, HelpGiven, Opinion, PastVoid, Visit
from visits.queries.as_of import schools_as_of
from visits.tests.rows import add_visit
from works.enums import WORK_MOVES
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db
BY = instant("2022-09-18T20:00")


@pytest.fixture
def campaign(settings):
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"
    programme = make_campaign()
    school, heads, pupils = make_life(programme)
    make_around(programme, school, heads[0])
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    return programme, school, heads, pupils


def told(figures):
    return {line["code"]: (line["value"], line["of"]) for line in figures["lines"]}


def compare(programme, school, at, figures=None):
    """What is told equals the recount; the small priority numbers are compared by what stands behind them."""
    facts = Facts(programme, school, at)
    expected = recount(programme, school, at)
    ours = {
        spec.code: (spec.number(facts), len(spec.whole(facts)) if spec.whole else None)
        for spec in specs(facts)
        if spec.code in expected
    }
    assert ours == expected
    if figures:
        kept = told(figures)
        assert {code: kept[code] for code in expected if code != "priority"} == {
            code: value for code, value in expected.items() if code != "priority"
        }


@pytest.mark.seed("S66")
def test_figures_say_what_happened_in_one_sentence_after_the_other(campaign):
    programme, school, _, _ = campaign
    figures = compute(Facts(programme, school, BY))
    assert figures["paragraph"].split("\n") == [
        "截至2022年9月18日20:00，全校应访学生8人，已走访3人，覆盖率37.5%；其中上门走访2人，占已走访学生的66.6%。"
        "用其他方式联系的有就近第三地点1人、电话2人，同一名学生可以有几种方式。重点关注学生不足5人，已走访不足5人。",
        "参加走访的教师2人，占在岗教师的100%，其中党员教师1人，占党员教师的100%。"
        "共走访4次、5人次，参加教师人均2.5次，平均每次39分钟。跟踪走访1次。",
        "征集家长意见2条。给予帮助2次，金额300元。",
        "四进家庭：教育政策3次、家庭教育指导1次、心理生理健康辅导1次。",
        "活动内容：了解家庭情况1次。",
        "送到家里的材料：致家长的一封信1次。",
        "召开会议和培训1场，5人次参加。宣传报道1条。发放宣传材料50份。",
    ]
    compare(programme, school, BY, figures)


@pytest.mark.seed("W74")
def test_the_four_counters_are_summed_for_the_report(campaign):
    programme, school, _, _ = campaign
    assert compute(Facts(programme, school, BY))["checklist"] == [
        {"group": "四进家庭", "label": "教育政策", "count": 3},
        {"group": "四进家庭", "label": "学生激励措施", "count": 0},
        {"group": "四进家庭", "label": "家庭教育指导", "count": 1},
        {"group": "四进家庭", "label": "心理生理健康辅导", "count": 1},
        {"group": "活动内容", "label": "了解家庭情况", "count": 1},
        {"group": "送到的材料", "label": "致家长的一封信", "count": 1},
    ]


@pytest.mark.seed("S6")
def test_party_members_who_took_part_are_a_figure_of_those_at_school(campaign):
    programme, school, heads, _ = campaign
    make_user(Role.TEACHER, school=school, politics="02")  # did not go
    figures = told(compute(Facts(programme, school, BY)))
    assert figures["party"] == (1, 2)


@pytest.mark.seed("S7")
def test_every_teacher_counts_not_only_class_heads(campaign):
    programme, school, heads, pupils = campaign
    maths = make_user(Role.TEACHER, school=school)
    make_user(Role.TEACHER, school=school)
    make_user(Role.SCHOOL_ADMIN, school=school)  # runs the system, is not asked to visit
    add_visit(programme, [pupils[6]], on=date(2022, 9, 7), lead=maths)
    (line,) = [one for one in compute(Facts(programme, school, BY))["lines"] if one["code"] == "teachers"]
    assert (line["value"], line["of"], line["rate"]) == (3, 4, "75.0%")


def test_figures_agree_with_the_districts_table_of_the_same_instant(campaign):
    programme, school, _, _ = campaign
    (row,) = schools_as_of(programme, BY, school_ids=[school.pk])
    figures = {code: value for code, (value, _) in told(compute(Facts(programme, school, BY))).items()}
    ours = ("homes_due", "homes_visited", "teachers", "person_times", "leader_times", "middle_times", "opinions")
    theirs = (row.due_households, row.visited_households, row.teachers, row.person_times, row.leader_times,
              row.middle_times, row.opinions)  # fmt: skip
    assert tuple(figures[code] for code in ours) == theirs
    everybody = [c for c in row.class_rows if c.dimension == 0]
    assert (figures["due"], figures["visited"]) == (sum(c.due for c in everybody), sum(c.visited for c in everybody))


def test_each_grade_has_its_row(campaign):
    programme, school, heads, pupils = campaign
    for pupil in pupils[2:6]:
        make_mark(pupil, by=heads[0])
    CategoryMark.objects.update(confirmed_at=instant("2022-09-01T08:00"))
    assert grades(Facts(programme, school, BY)) == [
        {"grade": "一年级", "due": 4, "visited": 2, "rate": "50.0%", "priority_due": "<5", "priority_visited": "<5"},
        {"grade": "二年级", "due": 4, "visited": 1, "rate": "25.0%", "priority_due": "<5", "priority_visited": "<5"},
    ]


def test_small_numbers_are_not_told_and_a_second_cell_goes_with_a_single_one():
    assert hide([0, 3, 9, 7]) == [0, "<5", 9, "…"]
    assert hide([2, 3, 9]) == ["<5", "<5", 9]
    assert hide([0, 5, 9]) == [0, 5, 9]


def test_a_restricted_category_is_told_nowhere_and_others_only_inside(campaign):
    programme, school, heads, pupils = campaign
    secret = Category.objects.create(authority=programme.authority, code="PSY", name="示例受限", restricted=True)
    ProgrammeCategory.objects.create(programme=programme, category=secret, position=2, label="示例受限")
    make_mark(pupils[7], "PSY", by=heads[1])
    facts = Facts(programme, school, now() + timedelta(seconds=1))
    figures = compute(facts)
    assert "示例受限" not in str(figures)
    assert "category_" not in str(figures)
    assert [spec.code for spec in specs(facts) if spec.inside] == ["category_0", "category_1"]


@pytest.mark.seed("S66")
def test_the_number_of_rows_is_the_figure_for_every_figure(campaign):
    programme, school, heads, _ = campaign
    leader = make_leader(school)
    facts = Facts(programme, school, BY)
    for spec in specs(facts):
        found = ordered(spec, facts)
        table = opened(spec, facts, found, user=leader)
        assert len(table.rows) == len(found), spec.code
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
        if spec.value is None:
            assert len(found) == spec.number(facts), spec.code


def test_later_edits_move_neither_the_figures_nor_their_rows(campaign, settings):
    programme, school, heads, pupils = campaign
    leader = make_leader(school)
    report = make_report(programme, school, by=leader)
    take_figures(report, by=leader)
    report.refresh_from_db()
    at, before = report.figures_at, told(report.figures)
    settings.HOMEVISIT_CLOCK = "2022-10-20T10:00+08:00"
    later = now()
    visit = Visit.objects.filter(mode="in_person").first()
    Visit.objects.filter(pk=visit.pk).update(state="voided", voided_at=later, voided_by=leader, void_reason="重复")
    visit.visit_students.update(counted=False)
    late = add_visit(programme, [pupils[6]], on=date(2022, 9, 10), lead=heads[0])
    Visit.objects.filter(pk=late.pk).update(recorded_at=later)
    Enrolment.objects.filter(student=pupils[4]).update(ends_on=date(2022, 9, 15), closed_at=later)
    Student.objects.filter(pk=pupils[4].pk).update(status="left", school_class=None)
    make_student(pupils[0].school_class, starts_on=date(2022, 9, 1))
    Opinion.objects.create(visit=late, category="教学", text="…", school=school, authority=programme.authority)
    HelpGiven.objects.create(visit=late, kind="其他", school=school, authority=programme.authority)
    make_mark(pupils[5], by=heads[0], starts_on=date(2022, 9, 1))
    assert told(compute(Facts(programme, school, at))) == before
    compare(programme, school, at, report.figures)
    facts = Facts(programme, school, at)
    for code in ("due", "visited", "unvisited", "visits", "person_times", "opinions", "help", "teachers", "homes_due"):
        assert len(ordered(spec_of(facts, code), facts)) == before[code][0]
    after = told(compute(Facts(programme, school, later + timedelta(minutes=1))))
    assert {code for code in before if after[code] != before[code]} >= {"help", "minutes", "follow_ups"}


@pytest.mark.parametrize("seed", range(6))
def test_figures_equal_the_recount_at_any_instant_after_any_history(settings, seed):
    """A random history: visits written early and late, voided and brought back, moves, marks; told at random instants."""
    dice = random.Random(seed)
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"
    programme = make_campaign()
    school, heads, pupils = make_life(programme)
    other, _, _ = make_life(programme, _second(programme))
    homes = [Household.objects.create() for _ in range(2)]
    Student.objects.filter(pk__in=[one.pk for one in pupils[:2]]).update(household=homes[0])
    for _ in range(25):
        moment = instant("2022-09-01T08:00") + timedelta(hours=dice.randrange(24 * 40))
        act = dice.choice(("visit", "visit", "visit", "void", "back", "move", "mark", "opinion"))
        pupil = dice.choice(pupils)
        if act == "visit":
            mode = dice.choice(("in_person", "nearby", "phone", "video"))
            made = add_visit(programme, [pupil], on=date(2022, 9, 1) + timedelta(dice.randrange(35)), mode=mode,
                             lead=dice.choice(heads))  # fmt: skip
            Visit.objects.filter(pk=made.pk).update(recorded_at=moment)
        elif act == "void":
            visit = dice.choice(list(Visit.objects.filter(voided_at=None)))
            Visit.objects.filter(pk=visit.pk).update(
                state="voided", voided_at=moment, void_reason="重复", voided_by=heads[0]
            )
        elif act == "back":
            for visit in Visit.objects.filter(voided_at__isnull=False)[:1]:
                PastVoid.objects.create(visit=visit, voided_by=heads[0], voided_at=visit.voided_at, void_reason="重复",
                                        unvoided_by=heads[0], unvoided_at=visit.voided_at + timedelta(days=2),
                                        unvoid_reason="点错")  # fmt: skip
                Visit.objects.filter(pk=visit.pk).update(state="recorded", voided_at=None, void_reason="")
        elif act == "move":
            Enrolment.objects.filter(student=pupil, ends_on=None).update(
                ends_on=moment.date() - timedelta(1), closed_at=moment
            )
            Enrolment.objects.create(student=pupil, authority=programme.authority, school=other,
                                     school_class=other.classes.first(), starts_on=moment.date(), created_at=moment)  # fmt: skip
        elif act == "mark":
            CategoryMark.objects.filter(student=pupil, closed_at=None).update(ends_on=moment.date(), closed_at=moment)
        else:
            visit = dice.choice(list(Visit.objects.all()))
            Opinion.objects.create(visit=visit, category="教学", text="…", school=visit.school, created_at=moment,
                                   authority=programme.authority, position=dice.randrange(9, 30000))  # fmt: skip
    for text in ("2022-09-08T00:00", "2022-09-18T20:00", "2022-10-01T00:00", "2022-10-09T12:00"):
        compare(programme, school, instant(text))
        compare(programme, other, instant(text))


def _second(programme):
    return make_school(programme.authority)


def test_works_are_counted_in_the_state_of_the_instant(campaign, settings):
    programme, school, heads, _ = campaign
    leader = make_leader(school)
    essay = make_work(heads[0], programme, school, state="submitted", submitted_at=instant("2022-09-10T08:00"))
    decide_at(settings, "2022-09-10T08:00", essay, "draft", "submit", heads[0])
    decide_at(settings, "2022-09-25T08:00", essay, "submitted", "return_to_author", leader, returned_at=now(),
              returned_by=leader, returned_level="school", return_reason="写具体")  # fmt: skip
    make_work(heads[1], programme, school, state="draft")
    at_first, at_last = (told(compute(Facts(programme, school, instant(text)))) for text in
                         ("2022-09-18T20:00", "2022-09-26T08:00"))  # fmt: skip
    assert (at_first["work_essay"], at_last["work_essay"]) == ((1, None), (0, None))
    assert told(compute(Facts(programme, school, instant("2022-09-09T08:00"))))["work_essay"] == (0, None)


def decide_at(settings, clock, work, was, verb, by, **changes):
    settings.HOMEVISIT_CLOCK = f"{clock}+08:00"
    type(work).objects.filter(pk=work.pk).update(state=was)
    work.refresh_from_db()
    decide(work, WORK_MOVES, verb, by=by, level="author", **changes)


def test_a_reader_beyond_the_school_gets_counts_a_class_and_small_ones_hidden(campaign):
    programme, school, _, _ = campaign
    facts = Facts(programme, school, BY)
    assert counts(spec_of(facts, "due"), facts) == [("一（1）班", 4), ("二（1）班", 4)]
    assert counts(spec_of(facts, "visited"), facts) == [("一（1）班", 2), ("二（1）班", 1)]
    assert counts(spec_of(facts, "priority"), facts) == [("一（1）班", "<5")]
    assert counts(spec_of(facts, "visits"), facts) == [("2022年9月", 4)]
    assert counts(spec_of(facts, "teachers"), facts) == []


def test_an_empty_school_has_figures_too(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T20:00+08:00"
    programme = make_campaign()
    figures = compute(Facts(programme, _second(programme), BY))
    assert figures["paragraph"] == "截至2022年9月18日20:00，全校应访学生0人，已走访0人。"
    assert figures["grades"] == []


@pytest.mark.parametrize("more", (0, 30))
def test_the_same_queries_for_any_number_of_pupils(campaign, more, django_assert_num_queries):
    programme, school, heads, pupils = campaign
    for _ in range(more):
        pupil = make_student(pupils[0].school_class)
        add_visit(programme, [pupil], on=date(2022, 9, 3), lead=heads[0])
    Due.objects.count()
    programme.rules  # noqa: B018 (validated once)
    # the notice, categories 2, records since corrected, called on, pupils, trips, calls, staff, opinions, help, meetings,
    # publicity, works, decisions, classes
    with django_assert_num_queries(15):
        compute(Facts(programme, school, BY))
    assert SchoolReport.objects.count() == 0
