"""A sibling at another school: covered there, and neither school reads what the other wrote."""

import pytest
from django.urls import reverse

from schools.tests.factories import make_class, make_class_head, make_leader, make_school
from students.models import Household
from students.tests.factories import make_student
from visits.actions.register import check, open_register
from visits.models import ClassCount, Due, Opinion, Promise, Visit, VisitNote, VisitStudent
from visits.queries.brief import brief
from visits.queries.counters import counters
from visits.tests.factories import make_visit
from visits.tests.test_log_views import typed

SECRET = "妈妈上夜班"


@pytest.fixture
def two(programme, school, school_class, head, student):
    """One home, a pupil here and one at the next school, each with head and leader."""
    home = Household.objects.create()
    student.household = home
    student.save()
    there = make_school(programme.authority, short_name="北岸小学")
    far_class = make_class(there, grade=3, number=1)
    sister = make_student(far_class, household=home, name="许嘉禾")
    open_register(programme)
    return {
        "programme": programme, "here": school, "there": there, "head": head, "student": student, "sister": sister,
        "class": school_class, "far_class": far_class, "far_head": make_class_head(far_class, name="林远"),
        "leader": make_leader(school), "far_leader": make_leader(there),
    }  # fmt: skip


def written(two, first, second, by):
    """A visit told by one school of both pupils, with every kind of words in it."""
    return make_visit(
        two[first], two[second], by=two[by], programme=two["programme"],
        texts={code: SECRET for code in ("cause", "process", "analysis", "measures", "reflection")},
        opinions=[{"category": "作业", "text": SECRET, "answerer": "school"}],
        promises=[{"who": "family", "text": SECRET, "due_on": None}],
        help_given=[{"kind": "物品", "text": SECRET}],
        notes=[{"student": two[first].pk, "strengths": SECRET, "text": ""}],
    )  # fmt: skip


def reads(user):
    return [
        rows.objects.visible_to(user).count() for rows in (Visit, VisitNote, Promise, Opinion)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "by", "other_head", "other_leader"),
    [("student", "sister", "head", "far_head", "far_leader"), ("sister", "student", "far_head", "head", "leader")],
    ids=["told here", "told there"],
)
def test_both_are_covered_and_only_the_tellers_school_reads(two, first, second, by, other_head, other_leader):
    visit = written(two, first, second, by)
    programme = two["programme"]

    rows = Due.objects.filter(programme=programme).order_by("student_id").values_list("student", "school", "visits")
    assert list(rows) == [
        (two["student"].pk, two["here"].pk, 1), (two["sister"].pk, two["there"].pk, 1),
    ]  # fmt: skip
    for school_class in (two["class"], two["far_class"]):
        count = ClassCount.objects.get(programme=programme, school_class=school_class, dimension=0)
        assert (count.due, count.visited) == (1, 1)
    assert check(programme) == []

    assert visit.school == two[first].school
    assert reads(two[by]) == [1, 1, 1, 1]
    assert reads(two[other_head]) == reads(two[other_leader]) == [0, 0, 0, 0]
    # What the other head knows: that the own pupil was reached, how and when.
    known = VisitStudent.objects.visible_to(two[other_head]).get()
    assert (known.student, known.mode, known.visited_on.isoformat()) == (two[second], "in_person", "2022-09-17")
    assert SECRET not in str(brief(two[other_head], [two[second]], programme))
    assert counters(programme, two[second].school).families == 0  # told by the other school


def test_a_visit_of_the_other_school_opens_nothing_to_the_author(two, client):
    written(two, "sister", "student", "far_head")
    client.force_login(two["head"])
    html = client.get(reverse("visits:log", args=[two["student"].pk])).content.decode()

    assert SECRET not in html
    assert "许**" in html and "北岸小学 三（1）班" in html and "许嘉禾" not in html
    assert f"strengths_{two['sister'].pk}" not in html  # no words on a child of another school


def test_the_form_covers_the_sibling_and_takes_no_words_on_her(two, client):
    client.force_login(two["head"])
    sister = two["sister"].pk
    data = typed(two["student"], siblings=[sister], **{f"strengths_{sister}": "会唱歌", f"note_{sister}": "爱画画"})
    response = client.post(reverse("visits:log"), data)

    visit = Visit.objects.get()
    assert response.url == reverse("visits:detail", args=[visit.pk])
    assert set(visit.visit_students.values_list("student", "school")) == {
        (two["student"].pk, two["here"].pk), (sister, two["there"].pk),
    }  # fmt: skip
    assert not VisitNote.objects.exists()
    shown = client.get(response.url).content.decode()
    assert "许**" in shown and "许嘉禾" not in shown
    client.force_login(two["far_head"])
    assert client.get(response.url).status_code == 404
    assert "走访过" in client.get(reverse("visits:log", args=[sister])).content.decode()


def test_each_child_of_the_own_school_may_have_own_words(client, programme, head, school, student):
    home = Household.objects.create()
    student.household = home
    student.save()
    brother = make_student(make_class(school, grade=2), household=home)
    client.force_login(head)
    words = {
        f"strengths_{student.pk}": "会修自行车", f"note_{student.pk}": "准备升学", f"strengths_{brother.pk}": "爱提问",
        f"note_{brother.pk}": "刚转来",
    }  # fmt: skip
    client.post(reverse("visits:log"), typed(student, siblings=[brother.pk], **words))
    assert list(VisitNote.objects.order_by("pk").values_list("student", "strengths", "text")) == [
        (student.pk, "会修自行车", "准备升学"), (brother.pk, "爱提问", "刚转来"),
    ]  # fmt: skip

    client.post(reverse("visits:log"), typed(student, **words))  # alone: the five texts say the rest
    assert list(VisitNote.objects.order_by("pk").values_list("student", "strengths", "text"))[2:] == [
        (student.pk, "会修自行车", "")
    ]
