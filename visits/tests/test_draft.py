"""Drafts on the server: version by version, the author's alone, never overwritten, to be had back."""

import json
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from core.models import AuditEntry
from schools.tests.factories import make_class, make_school
from students.tests.factories import make_student
from visits.actions.draft import (
    AlreadySubmitted,
    delete_draft,
    drop,
    purge_dropped,
    save_draft,
    take_back,
)
from visits.actions.review import return_visit
from visits.models import VisitDraft
from visits.queries.draft import base_of, for_form, my_drafts, owner_tag
from visits.tasks import purge_drafts
from visits.tests.factories import make_plan, make_visit

NUMBER = uuid.UUID("11111111-2222-4333-8444-555555555555")


def doc(text="和妈妈聊了作息。", **values):
    """What draft.js sends: one text and whatever else."""
    return {"values": {"text_process": [text], **values}, "labels": {"text_process": "家访过程"}, "from": ["a", 1]}


@pytest.fixture
def save(head, programme, student):
    def save(text="和妈妈聊了作息。", base="", **options):
        entry = {"programme": programme, "client_uuid": NUMBER, "student": student, **options}
        return save_draft(entry.pop("by", head), base=base, data=entry.pop("data", None) or doc(text), **entry)

    return save


def words(draft):
    return json.loads(draft.data)["values"]["text_process"][0]


# ── Saving ──


def test_each_save_is_a_version_on_top_of_the_one_before(save):
    first, conflict = save("一")
    base = base_of(first)
    second, _ = save("一二", base=base)

    assert conflict is None
    assert (second.pk, second.version, words(second)) == (first.pk, 2, "一二")


def test_a_save_from_an_older_version_writes_nothing_and_returns_the_newer_draft(save):
    base = base_of(save("一")[0])
    save("一，手机上写的", base=base)

    draft, conflict = save("一，电脑上写的", base=base)
    assert words(conflict) == "一，手机上写的"
    assert VisitDraft.objects.get().version == draft.version == 2


def test_first_saves_of_two_tabs_meet(save):
    save("甲")
    _, conflict = save("乙")
    assert words(conflict) == "甲"


def test_saving_the_same_words_twice_is_no_conflict_and_no_version(save):
    save("甲")
    draft, conflict = save(data=doc("甲") | {"from": ["b", 7], "device": "手机"})
    assert (draft.version, conflict) == (1, None)


def test_a_draft_made_anew_does_not_answer_to_the_base_of_the_old_one(save, head):
    base = base_of(save("甲")[0])
    drop(head, NUMBER)
    save("另起一份")

    assert save("甲乙", base=base)[1] is not None


def test_a_draft_goes_on_under_the_number_its_form_has_now(save, programme):
    base = base_of(save("甲")[0])
    draft, conflict = save("甲乙", base=base, client_uuid=uuid.uuid4())
    assert (VisitDraft.objects.get(), conflict, words(draft)) == (draft, None, "甲乙")


def test_nothing_of_the_draft_stands_readable_in_the_database(save):
    save("妈妈在夜班")
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM visits_visitdraft")
        raw = cursor.fetchone()[0]
    assert raw
    assert not any(part in raw for part in ("妈妈", "text_process", json.dumps("妈妈")[1:-1]))


@pytest.mark.parametrize(
    "data",
    [
        None, [], "x", {}, {"values": []}, {"values": {"a": "x"}}, {"values": {"a": [1]}}, {"values": {"A b": ["x"]}},
        {"values": {}, "people": {"1": 2}}, {"values": {}, "rows": {"opinion": "x"}}, {"values": {}, "spare": [{}]},
        {"values": {}, "from": ["a"]}, {"values": {}, "labels": []},
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(save, head, programme, data):
    with pytest.raises(ValidationError):
        save_draft(head, programme=programme, client_uuid=NUMBER, base="", data=data)
    assert not VisitDraft.objects.exists()


def test_size_ends_at_200_kilobytes(save):
    save("长" * 66_000)
    with pytest.raises(ValidationError, match="太长"):
        save("长" * 67_000)
    assert len(words(VisitDraft.objects.get())) == 66_000


def test_every_character_comes_back_as_it_was(save):
    text = '“引号” \\ </script> \u2028 \t🏠𠮷 “\n\n  空格  ”\x00 <b>'
    assert words(VisitDraft.objects.get(pk=save(text)[0].pk)) == text
    assert words(save("半个字符\ud83d", base="1-1", client_uuid=uuid.uuid4())[0]) == "半个字符\ufffd"


def test_secrets_and_numbers_of_the_form_are_no_words(save):
    draft, _ = save(data=doc("甲", csrfmiddlewaretoken=["s"], client_uuid=["x"], **{"opinion-TOTAL_FORMS": ["3"]}))
    assert set(json.loads(draft.data)["values"]) == {"text_process"}


# ── Submitted, deleted, had back ──


def test_a_submitted_record_takes_no_draft(save, head, programme, student):
    visit = make_visit(student, by=head, programme=programme, client_uuid=NUMBER)
    with pytest.raises(AlreadySubmitted) as error:
        save()
    assert error.value.visit == visit


def test_a_returned_record_takes_one_until_it_is_put_right(save, head, programme, student, leader):
    visit = make_visit(student, by=head, programme=programme)
    with pytest.raises(AlreadySubmitted):
        save(visit=visit)
    return_visit(visit, by=leader, reason="时间不对")
    visit.refresh_from_db()
    assert save(visit=visit)[0].visit == visit


def test_deleting_keeps_a_draft_for_a_week_and_once_is_enough(save, head, settings):
    save("甲")
    assert delete_draft(head, NUMBER)
    assert not delete_draft(head, NUMBER)
    assert [len(my_drafts(head).open), len(my_drafts(head).deleted)] == [0, 1]
    assert words(take_back(head, NUMBER)) == words(take_back(head, NUMBER)) == "甲"
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["draft.take_back", "draft.delete"]

    delete_draft(head, NUMBER)
    assert purge_dropped() == 0
    settings.HOMEVISIT_CLOCK = "2022-09-26T20:00+08:00"
    purge_drafts()
    assert not VisitDraft.objects.exists()


def test_writing_anew_after_deleting_keeps_both(save, head):
    save("旧的")
    delete_draft(head, NUMBER)
    save("新的")
    old = my_drafts(head).deleted[0]

    take_back(head, old.client_uuid)
    assert {words(draft) for draft in VisitDraft.objects.filter(dropped_at=None)} == {"旧的", "新的"}


def test_dropping_touches_the_own_draft_of_that_number_only(save, head, programme, teacher):
    save()
    save(by=teacher, student=None)
    drop(head, uuid.uuid4())
    drop(head, NUMBER)
    drop(head, NUMBER)
    assert [draft.user for draft in VisitDraft.objects.all()] == [teacher]


# ── What the form gets ──


def test_every_tab_of_a_family_has_one_number_until_the_record_is_submitted(head, programme, student):
    other = make_student(student.school_class)
    number = for_form(head, programme, student)["draft_uuid"]
    assert for_form(head, programme, student)["draft_uuid"] == number
    assert for_form(head, programme, other)["draft_uuid"] != number
    assert for_form(head, programme, None)["draft_uuid"] != number

    make_visit(student, by=head, programme=programme, client_uuid=number)
    assert for_form(head, programme, student)["draft_uuid"] != number


def test_the_form_gets_the_draft_of_its_family(save, head, programme, student):
    draft, _ = save("甲")
    context = for_form(head, programme, student)
    assert (context["draft_uuid"], context["draft_base"], context["draft_saved"]) == (NUMBER, base_of(draft), "20:00")
    assert context["draft_data"]["values"] == {"text_process": ["甲"]}
    assert context["draft_post"].getlist("text_process") == ["甲"]
    assert for_form(head, programme, None)["draft_base"] == ""
    delete_draft(head, NUMBER)
    assert for_form(head, programme, student)["draft_base"] == ""


def test_keys_of_local_copies_differ_by_person_and_stay(head, teacher, programme, student):
    mine, his = for_form(head, programme, student), for_form(teacher, programme, student)
    assert mine["draft_key"] == for_form(head, programme, None)["draft_key"]
    for name in ("draft_key", "draft_owner", "draft_slot"):
        assert mine[name] != his[name]


def test_form_asks_two_queries_at_most(save, head, programme, student, django_assert_num_queries):
    with django_assert_num_queries(2):
        for_form(head, programme, student)
    save()
    with django_assert_num_queries(1):
        for_form(head, programme, student)


def test_drafts_are_listed_in_one_query_at_any_number(head, programme, school_class, django_assert_num_queries):
    for number in range(3):
        pupil = make_student(school_class) if number else None
        save_draft(head, programme=programme, client_uuid=uuid.uuid4(), base="", data=doc(), student=pupil)
        head.reach  # noqa: B018 asked once a request
        with django_assert_num_queries(1):
            found = my_drafts(head)
        assert [draft.mine for draft in found.open] == [True] * number + [False]


def test_a_draft_on_a_pupil_no_longer_mine_is_listed_and_says_so(save, head, student):
    save()
    student.school_class = make_class(student.school, number=9)
    student.save()
    assert [draft.mine for draft in my_drafts(head).open] == [False]


def test_nobody_reads_a_draft_but_its_author(save, head, leader):
    save()
    assert VisitDraft.objects.visible_to(head).count() == 1
    assert not VisitDraft.objects.visible_to(leader).exists()


# ── Addresses ──


@pytest.fixture
def page(client, head):
    client.force_login(head)
    return client


def send(page, user, student, text="甲", base="", number=NUMBER, **more):
    asked = {
        "owner": owner_tag(user), "programme": "baoshan-2022", "student": student.pk, "base": base, "data": doc(text),
    }  # fmt: skip
    return page.post(reverse("visits:draft", args=[number]), {**asked, **more}, content_type="application/json")


def test_script_saves_and_is_told_where_it_stands(page, head, programme, student):
    answer = send(page, head, student, programme=programme.code)
    assert answer.status_code == 200
    draft = VisitDraft.objects.get(user=head, student=student)
    assert answer.json() == {"base": base_of(draft), "saved": "20:00"}

    answer = send(page, head, student, "乙", programme=programme.code)
    assert answer.status_code == 409
    assert answer.json()["data"]["values"]["text_process"] == ["甲"]

    told = page.get(reverse("visits:draft", args=[NUMBER])).json()
    assert (told["base"], told["owner"], told["submitted"]) == (base_of(draft), owner_tag(head), "")
    assert told["csrf"]


def test_submitted_meanwhile_is_said_with_the_record(page, head, programme, student):
    visit = make_visit(student, by=head, programme=programme, client_uuid=NUMBER)
    answer = send(page, head, student, programme=programme.code)
    assert (answer.status_code, answer.json()) == (410, {"submitted": reverse("visits:detail", args=[visit.pk])})
    assert page.get(reverse("visits:draft", args=[NUMBER])).json()["submitted"] == answer.json()["submitted"]


def test_words_of_one_person_are_not_saved_for_another_who_signed_in_meanwhile(client, programme, head, teacher, student):
    client.force_login(teacher)
    answer = send(client, head, student, programme=programme.code)
    assert (answer.status_code, answer.json()) == (403, {"owner": False})
    assert not VisitDraft.objects.exists()


def test_wrong_input_is_refused_with_a_sentence(page, head, programme, student):
    assert send(page, head, student, programme=programme.code, data={"values": 1}).status_code == 422
    too_long = send(page, head, student, "长" * 70_000, programme=programme.code)
    assert (too_long.status_code, too_long.json()) == (422, {"error": "写得太长，存不下。删掉一些再存。"})
    assert send(page, head, student, programme="no-such").status_code == 404
    assert send(page, head, student, programme=programme.code, visit="99999").status_code == 404
    url = reverse("visits:draft", args=[NUMBER])
    assert page.post(url, "[", content_type="application/json").status_code == 422
    assert not VisitDraft.objects.exists()


def test_a_pupil_of_another_class_school_or_nobody_is_404(page, head, programme, student):
    for place in (make_class(student.school, number=9), make_class(make_school(student.school.authority))):
        other = make_student(place)
        assert send(page, head, other, programme=programme.code).status_code == 404
    assert not VisitDraft.objects.exists()


def test_a_draft_of_a_pupil_no_longer_mine_can_still_be_saved(page, save, head, programme, student):
    draft, _ = save("甲")
    student.school_class = make_class(student.school, number=9)
    student.save()
    answer = send(page, head, student, "甲乙", base=base_of(draft), programme=programme.code)
    assert answer.status_code == 200


def test_another_persons_draft_is_not_there(page, save, teacher, programme):
    save(by=teacher, student=None)
    assert page.get(reverse("visits:draft", args=[NUMBER])).json()["base"] == ""
    for name in ("draft_text", "delete_draft", "restore_draft"):
        url = reverse(f"visits:{name}", args=[NUMBER])
        assert (page.get(url) if name == "draft_text" else page.post(url)).status_code == 404
    assert VisitDraft.objects.get().dropped_at is None


def test_who_visits_nobody_has_no_drafts(client, leader):
    client.force_login(leader)
    assert client.get(reverse("visits:draft", args=[NUMBER])).status_code == 403


def test_expired_login_is_a_redirect_the_script_can_see(client, head, programme, student):
    answer = send(client, head, student, programme=programme.code)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_words_are_read_deleted_and_had_back_on_pages(page, save, head, student):
    save("妈妈说的")
    html = page.get(reverse("visits:draft_text", args=[NUMBER])).content.decode()
    assert "家访过程" in html
    assert "妈妈说的" in html

    home = reverse("visits:home")
    for _ in range(2):
        assert page.post(reverse("visits:delete_draft", args=[NUMBER])).url == home
    assert my_drafts(head).open == []
    assert page.post(reverse("visits:restore_draft", args=[NUMBER])).url == home
    assert len(my_drafts(head).open) == 1


# ── Without script ──


def post_form(page, student, **fields):
    data = {"programme": fields.pop("programme"), "student": student.pk, "opinion-TOTAL_FORMS": "4", **fields}
    return page.post(reverse("visits:draft", args=[NUMBER]), data)


def test_button_saves_what_is_posted_and_returns_to_the_form(page, head, programme, student):
    answer = post_form(page, student, programme=programme.code, text_process="一\r\n二", at_home=["mother", "father"])
    assert answer.url == reverse("visits:log", args=[student.pk])
    context = for_form(head, programme, student)
    assert context["draft_data"]["values"] == {"text_process": ["一\n二"], "at_home": ["mother", "father"]}
    assert context["draft_post"]["opinion-TOTAL_FORMS"] == "4"


def test_button_keeps_words_written_elsewhere_beside_the_own(page, head, programme, student):
    post_form(page, student, programme=programme.code, text_process="手机上写的", text_cause="起因")
    post_form(page, student, programme=programme.code, text_process="电脑上写的", text_cause="起因", draft_base="")
    context = for_form(head, programme, student)
    assert context["draft_data"]["values"]["text_process"] == ["电脑上写的"]
    assert context["draft_spare"] == [{"label": "text_process", "text": "手机上写的"}]

    post_form(page, student, programme=programme.code, text_process="电脑上写完了", draft_base=context["draft_base"])
    context = for_form(head, programme, student)
    assert context["draft_spare"] == [{"label": "text_process", "text": "手机上写的"}]
    assert context["draft_data"]["values"]["text_cause"] == ["起因"]  # this form had no such field


# ── Corrections and appointments ──


def test_correction_form_shows_its_own_draft_and_submitting_ends_it(page, save, head, programme, student, leader):
    visit = make_visit(student, by=head, programme=programme)
    return_visit(visit, by=leader, reason="时间不对")
    visit.refresh_from_db()
    save("改到一半", visit=visit, client_uuid=visit.client_uuid)
    save("另一次走访的", client_uuid=uuid.uuid4())

    answer = page.get(reverse("visits:correct", args=[visit.pk]))
    assert answer.status_code == 200
    assert (answer.context["draft_uuid"], answer.context["draft_visit"]) == (visit.client_uuid, visit.pk)
    assert answer.context["form"]["text_process"].value() == "改到一半"
    assert page.get(reverse("visits:log", args=[student.pk])).context["form"]["text_process"].value() == "另一次走访的"


def test_a_draft_goes_on_in_the_form_of_the_appointment_made_since(page, save, head, programme, student):
    draft, _ = save("约之前写的")
    plan = make_plan(student, by=head, programme=programme)
    context = for_form(head, programme, student, plan)
    assert (context["draft_uuid"], context["draft_base"]) == (plan.client_uuid, base_of(draft))

    save("约之后写的", base=context["draft_base"], client_uuid=plan.client_uuid)
    assert VisitDraft.objects.get().client_uuid == plan.client_uuid
    make_visit(student, by=head, programme=programme, client_uuid=plan.client_uuid, visit=plan)
    assert not VisitDraft.objects.exists()
