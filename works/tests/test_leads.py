"""亮点 and 好老师线索: marked on a visit, gathered for the leader, offered to the report without names."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.models import AuditEntry
from core.states import WrongState
from schools.enums import Role
from schools.models import Message
from schools.tests.factories import make_user
from students.tests.factories import make_mentor, make_student
from visits.enums import VisitState
from visits.models import Visit
from visits.tests.rows import add_visit
from works.actions.leads import mark_highlight, note_praise, remove_praise
from works.models import Highlight, Praise
from works.queries.material import highlights

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


def void(visit):
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.VOIDED, void_reason="重复", voided_at=visit.recorded_at)
    visit.refresh_from_db()


# ── 亮点 ──


@pytest.mark.seed("S43")
def test_a_visit_is_marked_once_and_unmarked(head, visit):
    for _ in range(2):
        mark_highlight(visit, by=head, kind="bright", note="阳台上的菜园")
    assert [(h.kind, h.note, h.marked_by) for h in Highlight.objects.all()] == [("bright", "阳台上的菜园", head)]
    for _ in range(2):
        mark_highlight(visit, by=head, kind="bright", on=False)
    assert not Highlight.objects.exists()
    assert AuditEntry.objects.filter(action__contains="highlight").count() == 2


def test_only_who_marked_it_or_the_leader_unmarks_it(head, teacher, leader, visit):
    mark_highlight(visit, by=head, kind="typical")
    with pytest.raises(WrongState, match="别人标的"):
        mark_highlight(visit, by=teacher, kind="typical", on=False)
    mark_highlight(visit, by=leader, kind="typical", on=False)
    assert not Highlight.objects.exists()


def test_a_voided_visit_is_not_marked_and_offers_nothing(programme, school, head, visit):
    mark_highlight(visit, by=head, kind="special")
    void(visit)
    with pytest.raises(WrongState):
        mark_highlight(visit, by=head, kind="bright")
    assert highlights(programme, school) == []


@pytest.mark.seed("S43", "W17")
def test_the_report_is_offered_highlights_without_names(programme, school, school_class, head, visit):
    mark_highlight(visit, by=head, kind="bright", note="嘉树把菜写进作文，林秋当读者")
    other = add_visit(programme, [make_student(school_class)], on=date(2022, 9, 10), lead=head)
    mark_highlight(other, by=head, kind="typical")

    assert [(m.kind, m.text, m.on) for m in highlights(programme, school)] == [
        ("亮点", "顾同学把菜写进作文，顾同学的妈妈当读者", date(2022, 9, 16)),
        ("典型", "", date(2022, 9, 10)),
    ]


@pytest.mark.parametrize("rows", (1, 3))
def test_highlights_cost_the_same(programme, school, school_class, head, rows, django_assert_num_queries):
    for number in range(rows):
        row = add_visit(programme, [make_student(school_class)], on=date(2022, 9, 2 + number), lead=head)
        mark_highlight(row, by=head, kind="bright", note="好")
    with django_assert_num_queries(4):
        assert len(highlights(programme, school)) == rows


# ── 好老师线索 ──


@pytest.mark.seed("S35")
def test_a_family_names_a_teacher_and_it_is_kept_once(head, teacher, visit):
    first, created = note_praise(visit, by=head, teacher=teacher, said_by="parent", words="每晚等孩子问完问题才走")
    again, created_again = note_praise(visit, by=head, teacher=teacher, said_by="student", words="他讲得慢")

    assert (created, created_again, first.pk) == (True, False, again.pk)
    assert [(p.said_by, p.words) for p in Praise.objects.all()] == [("student", "他讲得慢")]
    remove_praise(again, by=head)
    remove_praise(again, by=head)
    assert note_praise(visit, by=head, teacher=teacher, said_by="parent", words="又说了一次")[1]


def test_a_teacher_of_another_school_is_not_named(head, other_school, visit):
    stranger = make_user(Role.TEACHER, school=other_school)
    with pytest.raises(ValidationError):
        note_praise(visit, by=head, teacher=stranger, said_by="parent", words="好")


# ── Pages ──


@pytest.mark.seed("S35", "S43")
def test_the_record_opens_to_writing_marking_and_praising(as_user, programme, head, teacher, visit):
    client, url = as_user(head), reverse("works:of_visit", args=[visit.pk])
    assert f'hx-get="{url}"' in text_of(client.get(reverse("visits:detail", args=[visit.pk])))
    html = text_of(client.get(url))
    assert f"kind=story&amp;visit={visit.pk}" in html and f"kind=case&amp;visit={visit.pk}" in html
    assert "<html" in html and "<html" not in text_of(client.get(url, headers={"HX-Request": "true"}))

    client.post(reverse("works:highlight", args=[visit.pk]), {"kind": "bright", "on": "1", "note": "菜园"})
    said = {"praise-teacher": teacher.pk, "praise-said_by": "parent", "praise-words": "有耐心"}
    client.post(reverse("works:praise", args=[visit.pk]), said)
    html = text_of(client.get(url))
    assert "菜园" in html and "有耐心" in html and "罗一鸣" in html


def test_wrong_input_is_said_in_place(as_user, head, visit):
    client, htmx = as_user(head), {"HX-Request": "true"}
    response = client.post(reverse("works:praise", args=[visit.pk]), {}, headers=htmx)
    assert response.status_code == 422 and "选一位老师" in text_of(response) and "写一句" in text_of(response)
    long = {"kind": "bright", "on": "1", "note": "长" * 201}
    response = client.post(reverse("works:highlight", args=[visit.pk]), long, headers=htmx)
    assert response.status_code == 422 and "最多200字" in text_of(response)
    void(visit)
    response = client.post(reverse("works:highlight", args=[visit.pk]), {"kind": "bright", "on": "1"})
    assert response.status_code == 409
    assert "不能再标" in text_of(client.get(reverse("works:of_visit", args=[visit.pk])))


def test_who_reads_the_record_may_mark_but_writes_only_of_own_visits(as_user, student, leader, teacher, school_admin, visit):
    url = reverse("works:of_visit", args=[visit.pk])
    assert "写成感人故事" not in text_of(as_user(leader).get(url))
    assert as_user(teacher).get(url).status_code == 404
    make_mentor(student, teacher)
    assert as_user(teacher).get(url).status_code == 200
    assert as_user(school_admin).post(reverse("works:highlight", args=[visit.pk]), {}).status_code == 404


@pytest.mark.seed("S35", "S43")
def test_leads_are_gathered_for_the_leader_with_the_next_step(as_user, head, teacher, leader, visit):
    note_praise(visit, by=head, teacher=teacher, said_by="parent", words="有耐心")
    mark_highlight(visit, by=head, kind="typical", note="菜园")
    client = as_user(leader)
    html = text_of(client.get(reverse("works:leads")))
    assert "有耐心" in html and f"kind=deeds&amp;honoree={teacher.pk}" in html
    page = client.get(reverse("works:new"), {"kind": "deeds", "honoree": teacher.pk})
    assert f'<option value="{teacher.pk}" selected>' in text_of(page)

    html = text_of(client.get(reverse("works:leads"), {"show": "highlights"}))
    assert "菜园" in html and "请写典型案例" in html
    for _ in range(2):
        assert client.post(reverse("works:ask", args=[visit.pk]), {"kind": "case"}).status_code == 302
    told = Message.objects.get()
    assert (told.user, told.text) == (head, "沈文清请你把9月16日的家访写成典型案例。")
    assert told.url == f"{reverse('works:new')}?kind=case&visit={visit.pk}"

    praise = Praise.objects.get()
    response = client.post(reverse("works:praise_remove", args=[praise.pk]), {"then": "leads"})
    assert response["Location"] == reverse("works:leads")
    assert "还没有人记下好老师" in text_of(client.get(reverse("works:leads")))


def test_leads_of_another_school_and_of_voided_visits_stay_out(as_user, head, teacher, leader, other_school, visit):
    note_praise(visit, by=head, teacher=teacher, said_by="parent", words="有耐心")
    other = make_user(Role.SCHOOL_LEADER, school=other_school)
    assert "有耐心" not in text_of(as_user(other).get(reverse("works:leads")))
    assert as_user(other).post(reverse("works:ask", args=[visit.pk]), {"kind": "case"}).status_code == 404
    assert as_user(head).get(reverse("works:leads")).status_code == 403
    void(visit)
    assert "有耐心" not in text_of(as_user(leader).get(reverse("works:leads")))


@pytest.mark.parametrize("rows", (1, 3))
@pytest.mark.parametrize("shown", ("praises", "highlights"))
def test_leads_query_count(
    as_user, programme, school, school_class, head, leader, rows, shown, django_assert_num_queries
):
    for number in range(rows):
        row = add_visit(programme, [make_student(school_class)], on=date(2022, 9, 2 + number), lead=head)
        mark_highlight(row, by=head, kind="bright")
        note_praise(row, by=head, teacher=head, said_by="parent", words="好")
    client = as_user(leader)
    with django_assert_num_queries(6):
        client.get(reverse("works:leads"), {"show": shown})
    with django_assert_num_queries(9):
        client.get(reverse("works:of_visit", args=[row.pk]))
