"""Who has the form of a work, with what on it: the person's own facts, aliases for pupils, a line in the log."""

import pytest
from django.urls import reverse

from core.models import AuditEntry
from core.tests.sheets_of_paper import everything, rows
from schools.enums import Role
from schools.tests.factories import make_authority, make_leader, make_officer, make_school, make_user
from works.enums import WorkState
from works.models import Work
from works.tests.factories import make_work
from works.tests.test_papers_form import BODY, sealed


@pytest.fixture
def story(programme, school, head, visit, leader):
    body = f"{BODY}\n电话19900001234。"
    return sealed(make_work(head, programme, school, visit=visit, kind="story", state="filed", leader=leader, body=body))


def fetch(client, user, work, form="docx"):
    client.force_login(user, backend="schools.backends.StaffBackend")
    return client.get(reverse(f"works:form_{form}", args=[work.pk]))


def content(answer):
    return b"".join(answer.streaming_content)


def test_the_file_has_a_name_without_anybody_s_name_and_stays_nowhere(client, story, head):
    answer = fetch(client, head, story)

    assert answer.status_code == 200 and content(answer)[:2] == b"PK"
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store, private", "nosniff")
    assert answer["Content-Disposition"].startswith("attachment")
    name = f"感人故事推荐表-晨曦小学-{story.pk}.docx"
    assert name in answer.headers["Content-Disposition"] or "%E6%84%9F" in answer["Content-Disposition"]
    assert answer.filename == name


@pytest.mark.parametrize("who", ("head", "leader", "school_admin", "officer"))
def test_SEC_the_person_the_office_and_the_district_s_officer_have_it_in_full_and_it_is_written_down(
    client, story, who, request
):
    user = request.getfixturevalue(who)
    found = rows(content(fetch(client, user, story)))

    assert (found[0][5], found[1][3], found[1][5]) == ("1991年4月", "中共党员", "19900005518")
    entry = AuditEntry.objects.get(action="paper.form")
    assert (entry.actor_id, entry.facts["clear"], entry.facts["form"]) == (user.pk, True, "docx")
    assert {"联系电话", "感人故事"} <= set(entry.fields) and "19900005518" not in str(entry.facts)


def test_SEC_a_reviewer_has_neither_birth_nor_politics_and_the_phone_by_head_and_end(client, story, reviewer):
    paper = content(fetch(client, reviewer, story))
    found = rows(paper)

    assert (found[0][5], found[1][3], found[1][5]) == ("***", "***", "199****5518")
    assert "19900005518" not in everything(paper) and "1991" not in everything(paper)
    assert AuditEntry.objects.get(action="paper.form").facts["clear"] is False
    page = fetch(client, reviewer, story, "preview").content.decode()
    assert "199****5518" in page and "19900005518" not in page and "1991年" not in page


@pytest.mark.parametrize("who", ("head", "leader", "officer", "reviewer"))
def test_SEC_no_pupil_s_or_parent_s_name_or_number_leaves_on_paper(client, story, who, request):
    paper = everything(content(fetch(client, request.getfixturevalue(who), story)))
    page = fetch(client, request.getfixturevalue(who), story, "preview").content.decode()

    for name in ("顾嘉树", "嘉树", "林秋", "19900001234"):
        assert name not in paper and name not in page


def test_SEC_an_opinion_that_names_the_pupil_is_printed_by_alias(client, story, reviewer):
    Work.objects.filter(pk=story.pk).update(opinion="顾嘉树一家情况属实。")

    assert "顾同学一家情况属实。" in rows(content(fetch(client, reviewer, story)))[4][1]


def test_SEC_nobody_else_finds_it(client, story, teacher, other_school, authority):
    far = make_authority("far")
    colleague_there = make_user(Role.TEACHER, school=other_school)
    strangers = [teacher, colleague_there, make_leader(other_school), make_officer(far), make_leader(make_school(far))]
    for user in strangers:
        for form in ("docx", "pdf", "preview"):
            assert fetch(client, user, story, form).status_code == 404
    assert not AuditEntry.objects.filter(action="paper.form").exists()


def test_SEC_the_desk_finds_no_form_before_it_is_filed(client, programme, school, head, visit, leader, officer, reviewer):
    work = sealed(make_work(head, programme, school, visit=visit, kind="story", state="approved", leader=leader))

    for user in (officer, reviewer):
        assert fetch(client, user, work).status_code == 404


def test_what_the_author_writes_after_a_return_is_not_on_the_office_s_paper(client, story, head, leader):
    Work.objects.filter(pk=story.pk).update(
        state=WorkState.RETURNED, body="改到一半。", returned_at=story.filed_at, returned_by=leader,
        returned_level="district", return_reason="补走访时间",
    )  # fmt: skip

    assert "改到一半" not in rows(content(fetch(client, leader, story)))[3][1]
    assert rows(content(fetch(client, head, story)))[3][1].endswith("改到一半。")


def test_a_work_taken_back_has_no_form(client, programme, school, head, visit):
    work = make_work(head, programme, school, visit=visit, kind="story", state="withdrawn")

    for form in ("docx", "pdf", "preview"):
        answer = fetch(client, head, work, form)
        assert answer.status_code == 409 and "已经撤回" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="paper.form").exists()


def test_without_libreoffice_a_page_leads_to_the_word_file_and_nothing_is_written_down(client, story, head, settings):
    settings.SOFFICE = ""
    answer = fetch(client, head, story, "pdf")
    page = answer.content.decode()

    assert answer.status_code == 503 and "没有装 LibreOffice" in page
    assert reverse("works:form_docx", args=[story.pk]) in page
    assert not AuditEntry.objects.filter(action="paper.form").exists()


def test_the_page_shows_the_paper_and_counts_as_printed(client, story, head):
    answer = fetch(client, head, story, "preview")
    page = answer.content.decode()

    for text in ("附件1", "填报单位", "五（3）班 顾同学家庭", "（公章）", "2022年9月28日", "备注：此表", "内部资料"):
        assert text in page
    assert answer["Cache-Control"] == "no-store, private"
    assert AuditEntry.objects.get(action="paper.form").facts["form"] == "preview"


def test_the_page_of_an_essay_lists_its_rows_and_leaves_out_the_empty_ones(client, programme, school, head, leader):
    essay = sealed(make_work(head, programme, school, state="approved", leader=leader, body="一段。\n两段。"))
    page = fetch(client, head, essay, "preview").content.decode()

    assert "<p>一段。</p><p>两段。</p>" in page and "原创承诺" in page and "事迹人" not in page


def test_it_is_read_and_never_posted(client, story, head):
    client.force_login(head, backend="schools.backends.StaffBackend")

    for form in ("docx", "pdf", "preview"):
        assert client.post(reverse(f"works:form_{form}", args=[story.pk])).status_code == 405


def test_a_form_takes_a_fixed_number_of_queries(client, story, head, django_assert_num_queries):
    fetch(client, head, story)  # the session is there
    with django_assert_num_queries(8):
        client.get(reverse("works:form_docx", args=[story.pk]))
