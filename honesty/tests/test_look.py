"""What a look at a school's records leaves behind."""

from datetime import datetime

import pytest

from core.clock import now
from core.models import AuditEntry
from honesty.actions import look as look_module
from honesty.actions.answer import answer
from honesty.actions.conclude import conclude
from honesty.actions.look import look
from honesty.models import Hint, HintVisit, SchoolLook
from honesty.tests.factories import add_call, add_photo
from programmes.enums import Mode
from programmes.tests.factories import make_programme
from schools.models import Message
from schools.tests.factories import make_class, make_class_head
from students.actions.household import put_in_households
from students.models import Household
from students.tests.factories import make_student
from visits.actions.amend import amend_visit
from visits.actions.media import remove_media
from visits.actions.review import return_visit, unvoid_visit, void_visit
from visits.actions.visit import correct_visit
from visits.enums import VisitState
from visits.tests.factories import TEXTS, entry

pytestmark = pytest.mark.django_db

SAME = (
    "这次家访让我看到孩子在家里的另一面，家长比我想的更用心。"
    "以后布置作业前，我会先想一想每个家里是什么样子，再决定留多少、怎么留。"
)
OTHER = (
    "下楼的时候孩子追出来送我，说周末要带同学去河边捡石头。"
    "回学校以后我把座位往前调了一排，看看上课会不会好一点，两周后再去一趟。"
)


def calls(programme, school_class, teacher, number, *, first=1, **texts):
    """So many home calls, one a day, with these texts."""
    return [
        add_call(programme, make_student(school_class), teacher, f"2022-09-{first + n:02d} 18:30", **texts)
        for n in range(number)
    ]


def night(settings, day):
    settings.HOMEVISIT_CLOCK = f"2022-09-{day}T04:00+08:00"


def rows():
    """Everything a look writes."""
    return [list(model.objects.order_by("pk").values()) for model in (Hint, HintVisit, Message)]


@pytest.mark.seed("F59", "S29")
def test_copied_texts_become_a_hint_for_their_teacher(head, leader, programme, school, school_class):
    copied = calls(programme, school_class, head, 3, reflection=SAME)
    calls(programme, school_class, head, 1, first=10, reflection=OTHER)

    told = look(programme, school)

    hint = Hint.objects.get()
    assert told == [hint]
    assert (hint.teacher, hint.kind, hint.state, hint.key) == (head, "alike", "told", f"reflection:{copied[0].pk}")
    assert hint.facts == {"field": "reflection", "records": 3, "all": 3, "percent": 100}
    assert (hint.school, hint.authority) == (school, school.authority)
    assert hint.found_at == datetime.fromisoformat("2022-09-19T04:00+08:00")
    assert {row.visit_id for row in hint.hint_visits.all()} == {visit.pk for visit in copied}
    message = Message.objects.get()
    assert (message.user, message.url) == (head, f"/honesty/{hint.pk}/")
    assert message.text == "有1条真实性提醒，看一看，说明情况或改正记录。"
    assert AuditEntry.objects.get(action="hint.tell").object_id == str(hint.pk)


@pytest.mark.seed("S29")
def test_for_two_workdays_a_hint_is_the_teachers_alone(head, leader, programme, school, school_class, settings):
    calls(programme, school_class, head, 3, reflection=SAME)
    look(programme, school)

    assert Hint.objects.get().leader_from == datetime.fromisoformat("2022-09-21T04:00+08:00")
    assert Hint.objects.visible_to(head).exists() and not Hint.objects.visible_to(leader).exists()
    settings.HOMEVISIT_CLOCK = "2022-09-21T04:00+08:00"
    assert Hint.objects.visible_to(leader).exists()


def test_a_day_of_many_calls_becomes_a_hint(head, programme, school, school_class):
    many = [
        add_call(programme, make_student(school_class), head, f"2022-09-13 {9 + n // 2:02d}:{n % 2 * 30:02d}", minutes=26)
        for n in range(11)
    ]

    look(programme, school)

    hint = Hint.objects.get()
    assert (hint.kind, hint.key, hint.facts) == ("bunched", "2022-09-13", {"visits": 11, "gap": 4, "short": 0})
    assert hint.hint_visits.count() == len(many)


def test_calls_at_school_or_by_telephone_make_no_rush(head, programme, school, school_class):
    for n in range(11):
        mode = (Mode.AT_SCHOOL, Mode.PHONE)[n % 2]
        add_call(programme, make_student(school_class), head, f"2022-09-13 {9 + n:02d}:00", minutes=5, mode=mode)

    assert look(programme, school) == []


def test_one_photo_in_records_of_three_families_becomes_a_hint(head, programme, school, school_class, media):
    visits = calls(programme, school_class, head, 3)
    photos = [add_photo(visit, sha="a" * 64) for visit in visits]

    look(programme, school)

    hint = Hint.objects.get()
    assert (hint.kind, hint.key, hint.facts) == ("photo", str(photos[0].pk), {"records": 3, "pupils": 3})
    assert dict(hint.hint_visits.values_list("visit_id", "media_id")) == {
        visit.pk: photo.pk for visit, photo in zip(visits, photos, strict=True)
    }


@pytest.mark.seed("S29")
def test_looked_at_twice_nothing_changes(head, programme, school, school_class, settings):
    calls(programme, school_class, head, 3, reflection=SAME)
    look(programme, school)
    before = rows()
    night(settings, 20)

    assert look(programme, school) == []

    assert rows() == before
    assert SchoolLook.objects.get().looked_at == datetime.fromisoformat("2022-09-20T04:00+08:00")


def test_a_look_that_is_cut_off_leaves_nothing(head, programme, school, school_class, monkeypatch):
    calls(programme, school_class, head, 3, reflection=SAME)
    monkeypatch.setattr(look_module, "tell_about", lambda *args: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        look(programme, school)

    assert rows() == [[], [], []] and not SchoolLook.objects.exists()
    monkeypatch.undo()
    assert len(look(programme, school)) == 1


def test_who_read_earlier_writes_nothing_over_what_was_read_later(head, programme, school, school_class):
    calls(programme, school_class, head, 3, reflection=SAME)
    SchoolLook.objects.create(
        programme=programme, school=school, looked_at=datetime.fromisoformat("2022-09-19T04:00:01+08:00")
    )

    assert look(programme, school) == []

    assert not Hint.objects.exists()


def test_a_hint_follows_its_records_without_another_notice(head, programme, school, school_class):
    calls(programme, school_class, head, 3, reflection=SAME)
    look(programme, school)
    answer(Hint.objects.get(), by=head, reason="common")
    (more,) = calls(programme, school_class, head, 1, first=10, reflection=SAME)

    look(programme, school)

    hint = Hint.objects.get()
    assert (hint.state, hint.reason, hint.facts["records"]) == ("answered", "common", 4)
    assert hint.hint_visits.filter(visit=more).exists() and Message.objects.count() == 1


@pytest.mark.parametrize("gone", [0, 1])
def test_it_stays_the_same_hint_when_a_record_of_it_is_voided(gone, head, leader, programme, school, school_class):
    copied = calls(programme, school_class, head, 4, reflection=SAME)
    look(programme, school)
    before = Hint.objects.get()

    void_visit(copied[gone], by=leader, reason="重复")
    look(programme, school)

    hint = Hint.objects.get()
    assert (hint.pk, hint.state, hint.facts["records"], hint.hint_visits.count()) == (before.pk, "told", 3, 3)
    assert Message.objects.count() == 1


def amended(visits, head, leader):
    for visit in visits:
        type(visit).objects.filter(pk=visit.pk).update(state=VisitState.LOCKED, locked_at=visit.recorded_at)
    amend_visit(visits[0], by=head, reason="重写", texts={"reflection": OTHER})


def returned_and_rewritten(visits, head, leader):
    visit = visits[0]
    return_visit(visit, by=leader, reason="写各家的事")
    pupil = visit.visit_students.get().student
    correct_visit(visit, by=head, students=[pupil], **entry(texts={**TEXTS, "reflection": OTHER}))


def voided(visits, head, leader):
    void_visit(visits[0], by=leader, reason="重复")


def not_counted(visits, head, leader):
    type(visits[0]).objects.filter(pk=visits[0].pk).update(state=VisitState.DONE)


@pytest.mark.seed("F59")
@pytest.mark.parametrize("mend", [amended, returned_and_rewritten, voided, not_counted])
@pytest.mark.parametrize("answered", [False, True])
def test_a_hint_goes_quietly_with_its_cause(mend, answered, head, leader, programme, school, school_class):
    copied = calls(programme, school_class, head, 3, cause="了解情况。", reflection=SAME)
    look(programme, school)
    if answered:
        answer(Hint.objects.get(), by=head, reason="template")

    mend(copied, head, leader)
    look(programme, school)

    hint = Hint.objects.get()
    assert (hint.state, hint.gone_at) == ("gone", datetime.fromisoformat("2022-09-19T04:00+08:00"))
    assert Message.objects.count() == 1
    assert AuditEntry.objects.filter(action="hint.vanish", actor_id=None).count() == 1


def test_a_photo_taken_away_ends_its_hint(head, programme, school, school_class, media):
    photos = [add_photo(visit, sha="a" * 64) for visit in calls(programme, school_class, head, 2)]
    look(programme, school)

    remove_media(photos[0], by=head)
    look(programme, school)

    assert Hint.objects.get().state == "gone"


def test_brothers_and_sisters_found_to_be_so_end_it_too(head, programme, school, school_class, media):
    visits = calls(programme, school_class, head, 2)
    for visit in visits:
        add_photo(visit, sha="a" * 64)
    look(programme, school)
    assert Hint.objects.get().state == "told"

    home = Household.objects.create()
    put_in_households({visit.visit_students.get().student_id: home.pk for visit in visits}, at=now())
    look(programme, school)

    assert Hint.objects.get().state == "gone"


@pytest.mark.seed("S29")
def test_what_is_there_again_is_told_again(head, leader, programme, school, school_class, settings):
    copied = calls(programme, school_class, head, 3, reflection=SAME)
    look(programme, school)
    answer(Hint.objects.get(), by=head, reason="common", text="一样的事")
    void_visit(copied[0], by=leader, reason="重复")
    look(programme, school)
    unvoid_visit(copied[0], by=leader, reason="弄错了")
    night(settings, 20)

    (hint,) = look(programme, school)

    hint.refresh_from_db()
    assert (hint.state, hint.reason, hint.answer, hint.answered_at, hint.gone_at) == ("told", "", "", None, None)
    assert hint.leader_from == datetime.fromisoformat("2022-09-22T04:00+08:00")
    assert Hint.objects.count() == 1 and Message.objects.filter(user=head).count() == 2


@pytest.mark.parametrize(("more", "state", "notices"), [(0, "concluded", 1), (2, "concluded", 1), (3, "told", 2)])
def test_what_was_looked_into_stays_so_unless_it_is_clearly_more(
    more, state, notices, head, leader, programme, school, school_class
):
    calls(programme, school_class, head, 3, reflection=SAME)
    look(programme, school)
    answer(Hint.objects.get(), by=head, reason="common")
    conclude(Hint.objects.get(), by=leader, finding="fine")
    calls(programme, school_class, head, more, first=10, reflection=SAME)

    look(programme, school)

    hint = Hint.objects.get()
    assert (hint.state, hint.hint_visits.count()) == (state, 3 if state == "concluded" else 3 + more)
    assert (hint.finding == "", hint.weight) == ((True, 0) if state == "told" else (False, 3))
    assert Message.objects.filter(user=head).count() == notices


def test_what_was_looked_into_stays_when_its_records_are_mended(head, leader, programme, school, school_class):
    copied = calls(programme, school_class, head, 3, reflection=SAME)
    look(programme, school)
    answer(Hint.objects.get(), by=head, reason="template")
    conclude(Hint.objects.get(), by=leader, finding="again")

    void_visit(copied[0], by=leader, reason="重写")
    look(programme, school)

    assert Hint.objects.get().state == "concluded"


def test_a_teacher_is_told_once_of_several(head, programme, school, school_class):
    calls(programme, school_class, head, 3, reflection=SAME, process=OTHER)

    look(programme, school)

    assert Hint.objects.count() == 2
    message = Message.objects.get()
    assert (message.user, message.text, message.url) == (head, "有2条真实性提醒，看一看，说明情况或改正记录。", "/honesty/")


def test_each_teacher_is_told_of_the_own(head, programme, school, school_class):
    other = make_class_head(school_class)
    calls(programme, school_class, head, 2, reflection=SAME)
    calls(programme, school_class, other, 2, first=10, reflection=SAME)

    look(programme, school)

    assert {hint.teacher: hint.facts["records"] for hint in Hint.objects.all()} == {head: 2, other: 2}
    assert {message.user for message in Message.objects.all()} == {head, other}
    for hint in Hint.objects.all():
        assert {row.visit.lead for row in hint.hint_visits.all()} == {hint.teacher}


def without_account(user):
    user.is_active = False
    user.save()


def without_post(user):
    user.posts.update(ends_on="2022-09-10")


@pytest.mark.parametrize("leave", [without_account, without_post])
def test_of_a_teacher_who_left_nothing_is_asked(leave, head, programme, school, school_class):
    other = make_class_head(school_class)
    calls(programme, school_class, head, 3, reflection=SAME)
    calls(programme, school_class, other, 2, first=10, reflection=SAME)
    leave(head)

    (hint,) = look(programme, school)

    assert (hint.teacher, hint.facts["records"], hint.facts["all"]) == (other, 2, 5)


def test_other_schools_and_notices_are_not_compared(head, programme, school, school_class, other_school):
    calls(programme, school_class, head, 2, reflection=SAME)
    earlier = make_programme(programme.authority, code="binhe-2021", config=programme.config)
    calls(earlier, school_class, head, 1, first=5, reflection=SAME)
    add_call(programme, make_student(make_class(other_school)), head, "2022-09-12 18:30", reflection=SAME)

    assert look(programme, school) == [] and look(programme, other_school) == [] and look(earlier, school) == []


@pytest.mark.parametrize(("setting", "texts"), [("similar_text", {"reflection": SAME}), ("reused_photo", {})])
def test_a_notice_may_leave_a_sign_out(setting, texts, head, programme, school, school_class, media):
    for visit in calls(programme, school_class, head, 3, **texts):
        if not texts:
            add_photo(visit, sha="a" * 64)
    programme.config = {**programme.config, "hints": {setting: False}}
    programme.save()

    assert look(type(programme).objects.get(pk=programme.pk), school) == []


def test_a_key_taken_by_other_records_gets_a_number(head, leader, programme, school, school_class):
    copied = calls(programme, school_class, head, 5, reflection=SAME)
    look(programme, school)
    first = copied[0]
    type(first).objects.filter(pk=first.pk).update(reflection=OTHER)
    look(programme, school)
    calls(programme, school_class, head, 2, first=10, reflection=OTHER)

    look(programme, school)
    look(programme, school)

    keys = {hint.key: hint.state for hint in Hint.objects.all()}
    assert keys == {f"reflection:{first.pk}": "told", f"reflection:{first.pk}#2": "told"}
    assert Message.objects.count() == 2


@pytest.mark.parametrize("number", [3, 9])
def test_a_quiet_look_takes_few_queries(number, head, programme, school, school_class, django_assert_num_queries, media):
    for visit in calls(programme, school_class, head, number, reflection=SAME):
        add_photo(visit, sha="a" * 64)
    look(programme, school)

    with django_assert_num_queries(11):
        look(programme, school)
