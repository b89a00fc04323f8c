"""A notice loaded again takes nothing away that pupils or the register already stand on."""

from pathlib import Path

import pytest
from django.conf import settings

from programmes.actions.load import load_programme
from programmes.actions.state import close_programme, open_programme
from programmes.config.notice import NoticeError, parse_notice
from schools.tests.factories import make_class, make_class_head, make_officer, make_school
from students.tests.factories import make_mark, make_student
from visits.actions.register import check
from visits.models import ClassCount, Due
from visits.tests.factories import make_visit

pytestmark = pytest.mark.django_db
FILE = Path(settings.BASE_DIR) / "programmes" / "data" / "wujin-2023.toml"
STUDY = '[[categories]]\ncode = "STUDY"\nname = "学业"\nlabel = "学业发展有困难"\nposition = 2\n'


@pytest.fixture(autouse=True)
def autumn(settings):
    settings.HOMEVISIT_CLOCK = "2023-09-18T10:00:00+08:00"


def load(*changes):
    text = FILE.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return load_programme(parse_notice(text, FILE.name)).programme


@pytest.fixture
def programme():
    return load()


@pytest.fixture
def head(programme):
    return make_class_head(make_class(make_school(programme.authority), school_year=2023))


@pytest.fixture
def student(head):
    return make_student(head.posts_now[0].school_class)


def test_load_refuses_to_take_away_a_category_pupils_are_marked_with(programme, student, head):
    make_mark(student, "STUDY", by=head)
    with pytest.raises(NoticeError) as caught:
        load((STUDY, ""))
    assert caught.value.problems == ["类别“学业发展有困难”（STUDY）不能去掉：已有学生标了这个类别。"]
    assert programme.categories.count() == 6


def test_load_refuses_to_renumber_once_the_register_is_open(programme, student):
    open_programme(programme, by=make_officer(programme.authority))
    assert Due.objects.filter(programme=programme, in_scope=True).count() == 1
    with pytest.raises(NoticeError) as caught:
        load((STUDY, STUDY.replace("position = 2", "position = 6")))
    assert caught.value.problems == [
        "类别“学业发展有困难”（STUDY）的顺序号不能改：名单或走访记录已经按 2 登记。"
    ]


def test_open_programme_opens_the_register_in_the_same_act(programme, student):
    assert not Due.objects.exists()
    open_programme(programme, by=make_officer(programme.authority))
    assert list(Due.objects.values_list("student_id", "in_scope")) == [(student.pk, True)]


def test_load_with_a_category_taken_away_leaves_the_counts_whole(programme, student, head):
    open_programme(programme, by=make_officer(programme.authority))
    load((STUDY, ""))
    assert list(ClassCount.objects.filter(programme=programme, due__gt=0).values_list("dimension", "due")) == [(0, 1)]


def test_close_programme_keeps_the_register(programme, student):
    officer = make_officer(programme.authority)
    close_programme(open_programme(programme, by=officer), by=officer)
    assert Due.objects.filter(programme=programme, in_scope=True).count() == 1


def test_load_of_a_shorter_window_counts_visits_anew(programme, student, head, settings):
    programme = open_programme(programme, by=make_officer(programme.authority))
    settings.HOMEVISIT_CLOCK = "2023-12-21T10:00:00+08:00"
    make_visit(student, by=head, programme=programme, day="2023-12-20")
    assert Due.objects.get().visits == 1

    load(("ends_on = 2023-12-25\ndue_on", "ends_on = 2023-12-15\ndue_on"))
    assert Due.objects.get().visits == 0
    assert check(programme) == []

    load()
    assert Due.objects.get().visits == 1
    assert check(programme) == []
