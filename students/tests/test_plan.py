"""Who is who, who leaves, who moves, what is suggested: the rules of docs/rosters.md on small rosters."""

from datetime import date
from functools import partial

import pytest

from core.fields import blind_index
from core.models import AuditEntry
from programmes.models import Category
from schools.models import SchoolClass
from schools.tests.factories import make_authority, make_school
from students.models import CategoryMark, Enrolment, Guardian, Student
from students.roster.apply import apply_plan
from students.roster.plan import plan_roster
from students.roster.reader import Sheet, read_sheets
from students.roster.report import counts, report
from students.signals import students_changed
from students.tests.books import HEAD, PUPIL, book, pupil

pytestmark = pytest.mark.django_db
TODAY = date(2022, 9, 18)
XI = pupil(姓名="林夕", 学籍号="G990101201203040022")
QING = pupil(班级="五（1）班", 姓名="何清", 学籍号="G990101201203040033")


def plan(school, *rows, head=HEAD, **options):
    sheet = Sheet("Sheet1", [(n, cells) for n, cells in enumerate([head, *rows], start=1)])
    return plan_roster([sheet], [school], as_of=options.pop("as_of", TODAY), **options)


def load(school, *rows, **options):
    made = plan(school, *rows, **options)
    apply_plan(made, by=None)
    return made


def kinds(made):
    return [(p.row, p.field, p.kind) for p in made.problems]


def told(made, *names):
    return {name: counts(made)[name] for name in names}


def test_id_numbers_are_recognised_and_never_kept(school, clock, caplog):
    number = "990101201203040011"
    head = ["班级", "姓名", "性别", "出生日期", "身份证号", "证件类型", "学籍主号", "成员1姓名", "成员1身份证件号"]
    made = load(school, ["五（3）班", "林晨", "女", "2012-03-04", number, "居民身份证", number, "林涛", number], head=head)

    student = Student.objects.get()
    assert made.creates and student.national_no == ""
    texts = [str(row) for model in (Student, Guardian, AuditEntry) for row in model.objects.values()]
    assert not [text for text in [*texts, str(report(made)), caplog.text] if number in text]
    assert "E" not in report(made)["unknown_columns"]


def test_without_a_number_class_name_and_birthday_decide(school, clock):
    load(school, pupil(学籍号=""))
    again = plan(school, pupil(学籍号="", 性别="男"))
    other = plan(school, pupil(学籍号="", 出生日期="2012-05-06"))
    assert (again.updates[0].changes, len(other.creates)) == ({"gender": "1"}, 1)


def test_never_by_name_alone(school, clock):
    load(school, pupil(学籍号="", 出生日期=""))
    assert kinds(plan(school, pupil(学籍号="", 出生日期=""))) == [(2, "name", "ambiguous_match")]


def test_another_number_for_the_same_pupil_is_held_back_and_protects_from_leaving(school, clock):
    load(school, PUPIL)
    made = plan(school, pupil(学籍号="G990101201203040022"))
    assert (kinds(made), made.leaves) == ([(2, "national_no", "id_conflict")], [])


def test_a_temporary_number_becomes_a_formal_one(school, clock):
    load(school, pupil(学籍号="L990101201203040011"))
    load(school, PUPIL)
    student = Student.objects.get()
    assert (student.national_no, student.national_no_tail) == (PUPIL[4], "0011")
    assert student.national_no_index == blind_index(PUPIL[4], "national_no")


def test_pupils_missing_from_a_class_of_the_file_have_left(school, clock):
    load(school, PUPIL, XI, QING)

    made = load(school, PUPIL)

    gone = Student.objects.get(name="林夕")
    assert told(made, "leave", "unchanged") == {"leave": 1, "unchanged": 1}
    assert gone.status == "left"
    assert Enrolment.objects.get(student=gone).ends_on == date(2022, 9, 17)
    assert Student.objects.get(name="何清").status == "active"  # the file does not speak of her class


def test_a_whole_roster_speaks_of_all_classes(school, clock):
    load(school, PUPIL, QING)
    assert [s.name for s in plan(school, PUPIL, scope="school").leaves] == ["何清"]


def test_a_list_of_a_few_pupils_makes_nobody_leave(school, clock):
    load(school, PUPIL, QING)
    assert plan(school, XI, scope="listed").leaves == []


def test_who_left_comes_back_into_a_class(school, clock):
    load(school, PUPIL, XI)
    load(school, PUPIL)
    back = load(school, PUPIL, XI)
    assert told(back, "create", "move") == {"create": 0, "move": 1}
    assert Student.objects.get(name="林夕").status == "active"


def test_a_move_ends_one_stay_and_begins_another(school, clock):
    load(school, PUPIL)
    load(school, pupil(班级="五（1）班"), as_of=date(2022, 10, 8))
    stays = Enrolment.objects.order_by("pk").values_list("school_class__number", "starts_on", "ends_on")
    assert list(stays) == [(3, date(2018, 8, 1), date(2022, 10, 7)), (1, date(2022, 10, 8), None)]


def test_a_number_of_another_school_is_a_move_only_under_the_same_name(school, clock):
    other = make_school(school.authority)
    load(other, PUPIL)

    wrong = plan(school, pupil(姓名="何清"))
    made = load(school, PUPIL)

    assert kinds(wrong) == [(2, "name", "id_conflict")]
    student = Student.objects.get()
    assert (told(made, "move"), student.school, student.arrived_on) == ({"move": 1}, school, TODAY)
    entry = AuditEntry.objects.get(action="roster.moved_away")
    assert (entry.school_id, entry.facts) == (other.pk, {"students": 1})


def test_pupils_of_a_new_class_began_with_it_and_later_ones_arrive(school, clock, settings):
    load(school, PUPIL)
    settings.HOMEVISIT_CLOCK = "2022-11-08T10:00+08:00"
    load(school, PUPIL, XI, as_of=date(2022, 11, 8))
    assert dict(Student.objects.values_list("name", "arrived_on")) == {"林晨": date(2018, 8, 1), "林夕": date(2022, 11, 8)}


def test_repaired_rows_of_a_first_import_are_no_new_arrivals(school, clock, settings):
    load(school, PUPIL)
    settings.HOMEVISIT_CLOCK = "2022-09-20T10:00+08:00"
    load(school, PUPIL, XI, as_of=date(2022, 9, 20))
    assert Student.objects.get(name="林夕").arrived_on == date(2018, 8, 1)


def test_new_classes_are_made_once(school, clock):
    made = load(school, PUPIL, XI)
    assert [p.number for p in made.new_classes] == [3]
    assert SchoolClass.objects.get().label(2022) == "五（3）班"


def test_empty_cells_and_bad_fields_erase_nothing(school, clock):
    load(school, PUPIL)
    made = load(school, ["五（3）班", "林晨", "南", "不详", PUPIL[4], "", "", "123"])
    assert kinds(made) == [(2, "birth", "bad_date"), (2, "gender", "unknown_gender"), (2, "g1_phone", "bad_phone")]
    assert made.unchanged == 1
    assert Guardian.objects.get().phone == "19900002222"


def test_a_guardian_not_mentioned_stays_and_a_changed_telephone_is_no_second_father(school, clock):
    load(school, PUPIL)
    made = load(school, pupil(监护人1电话="19900003333"))
    assert told(made, "update", "guardians") == {"update": 1, "guardians": 0}
    assert [g.phone for g in Guardian.objects.all()] == ["19900003333"]
    load(school, pupil(监护人1姓名="", 监护人1关系="", 监护人1电话=""))
    assert Guardian.objects.count() == 1


def test_households_join_by_name_and_telephone_inside_one_authority(school, clock):
    stranger = make_school(make_authority("elsewhere"))
    load(stranger, pupil(姓名="何清", 学籍号="G990101201203040044"))
    zhou = pupil(姓名="周舟", 学籍号="G990101201203040033", 监护人1姓名="周涛")
    load(school, PUPIL, XI, zhou)
    homes = dict(Student.objects.values_list("name", "household"))
    assert homes["林晨"] == homes["林夕"] is not None
    assert (homes["周舟"], homes["何清"]) == (None, None)


@pytest.mark.seed("W26")
def test_flags_suggest_categories_once_and_only_the_class_head_makes_them_count(school, clock):
    make = partial(Category.objects.create, authority=school.authority)
    economy = make(code="ECON", name="经济困难", suggested_by=["aid_needed"])
    family = make(code="FAMILY", name="家庭", suggested_by=["orphan", "left_behind"])
    head = ["班级", "姓名", "出生日期", "是否需要申请资助", "是否孤儿", "是否留守儿童"]
    rows = [["五（3）班", "林晨", "2012-03-04", "是", "1-是", "双亲留守"], ["五（3）班", "林夕", "2012-05-06", "否", "否", "否"]]

    first = load(school, *rows, head=head)
    CategoryMark.objects.filter(category=family).update(ends_on=TODAY)  # dismissed
    again = load(school, *rows, head=head)

    assert (counts(first)["suggestions"], counts(again)["suggestions"]) == (2, 0)
    marks = CategoryMark.objects.values_list("student__name", "category", "confirmed_by", "source")
    assert sorted(marks) == sorted([("林晨", economy.pk, None, "roster"), ("林晨", family.pk, None, "roster")])
    assert list(CategoryMark.objects.in_force(TODAY)) == []


def test_higher_rooms_hear_of_pupils_who_came_moved_or_left(school, clock):
    heard = []

    def listen(sender, student_ids, **kwargs):
        heard.append(student_ids)

    students_changed.connect(listen)
    try:
        load(school, PUPIL, XI)
        load(school, pupil(性别="男"))
        load(school, pupil(性别="男", 监护人1电话="19900003333"))
    finally:
        students_changed.disconnect(listen)
    ids = dict(Student.objects.values_list("name", "pk"))
    assert heard == [sorted(ids.values()), [ids["林夕"]]]


def test_the_log_holds_counts_only(school, clock):
    load(school, PUPIL)
    entry = AuditEntry.objects.get(action="roster.import")
    assert entry.school_id == school.pk
    assert entry.facts == {
        "as_of": "2022-09-18", "schools": 1, "create": 1, "update": 0, "move": 0, "leave": 0, "unchanged": 0,
        "guardians": 1, "households_joined": 0, "held": 0, "suggestions": 0,
    }  # fmt: skip


def test_a_row_of_another_school_is_held_back(school, clock):
    head = ["学校名称", *HEAD]
    rows = [["别处小学", *PUPIL], [school.name, *pupil(姓名="林夕", 学籍号="")], [school.short_name, *pupil(学籍号="")]]
    made = plan(school, *rows, head=head)
    assert kinds(made)[0] == (2, "school_name", "wrong_school")
    assert len(made.creates) == 2


def test_in_a_district_the_school_column_decides(school, clock):
    other = make_school(school.authority)
    head = ["学校代码", *HEAD]
    rows = [[school.code, *PUPIL], [other.code, *pupil(学籍号="")], ["9999999999", *pupil(姓名="何清", 学籍号="")]]
    sheet = Sheet("Sheet1", list(enumerate([head, *rows], start=1)))
    made = plan_roster([sheet], [school, other], as_of=TODAY, district=True)
    apply_plan(made, by=None)
    assert kinds(made) == [(4, "school_code", "unknown_school")]
    assert sorted(Student.objects.values_list("school", flat=True)) == sorted([school.pk, other.pk])


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([], "empty_file"),
        ([["成绩", "分数"], ["1", "2"]], "no_header"),
        ([["班级", "语文", "数学"], ["五3班", "1", "2"]], "missing_column"),
        ([["姓名", "性别", "出生日期"], ["林晨", "女", "2012-03-04"]], "missing_column"),
        ([HEAD], "no_rows"),
    ],
)
def test_a_file_that_is_no_roster_gets_one_problem(school, clock, rows, kind):
    made = plan_roster([Sheet("Sheet1", list(enumerate(rows, start=1)))], [school], as_of=TODAY)
    assert [(p.row, p.kind) for p in made.problems] == [(None, kind)]
    assert not made.changes_anything


@pytest.mark.parametrize("rows", [1, 3])
def test_planning_reads_as_often_for_three_rows_as_for_one(school, clock, rows, django_assert_num_queries):
    made = [pupil(姓名=f"林{n}晨", 学籍号=f"G99010120120304001{n}", 监护人1电话=f"1990000111{n}") for n in range(rows)]
    load(school, pupil(姓名="何清", 学籍号="G990101201203040099"))
    with django_assert_num_queries(5):  # classes, pupils of the school, numbers elsewhere, telephones, categories
        plan(school, *made)


def test_a_workbook_with_one_roster_among_other_sheets_is_read(school, clock, tmp_path):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(book(sheets={"填写说明": [["请填写", "名册"]], "名册": [HEAD, PUPIL], "空": []}))
    made = plan_roster(read_sheets(path), [school], as_of=TODAY)
    assert (len(made.creates), made.sheets_without_header) == (1, ["填写说明", "空"])
