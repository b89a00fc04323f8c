"""A pupil's whole visit file: everything the reader may know, a line for what happened elsewhere, one file of it all."""

import io
from datetime import date

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn

from core.clock import now
from core.files import write_bytes
from core.models import AuditEntry
from core.tests.pictures import jpeg
from core.tests.test_documents import words
from schools.enums import Role
from schools.tests.factories import make_user
from students.actions.assign import assign
from students.enums import RevealReason
from students.models import Consent
from visits.actions.paper import print_record
from visits.enums import VisitState
from visits.models import Media, Promise, Visit
from visits.papers import links
from visits.papers.context import for_paper, photos_to_print
from visits.queries.file import open_promises, opinions, timeline
from visits.tests.on_paper import make_place, moment
from visits.tests.rows import add_visit

pytestmark = pytest.mark.sqlite  # what stands on a paper does not depend on the database


@pytest.fixture
def place(db, clock):
    return make_place()


def sign_in(client, user):
    client.force_login(user, backend="schools.backends.StaffBackend")
    return client


def plan(place, **fields):
    visit = add_visit(place["programme"], [place["student"]], on=date(2022, 9, 1), lead=place["head"])
    fields = {"state": "planned", "planned_at": moment("2022-09-22 18:30"), "visited_on": None, "recorded_at": None,
              "started_at": None, "ended_at": None, **fields}  # fmt: skip
    Visit.objects.filter(pk=visit.pk).update(**fields)
    return visit


def abroad(place):
    """The brother's school calls on the family, too, and covers her."""
    head = make_user(Role.CLASS_HEAD, school_class=place["brother"].school_class)
    return add_visit(place["programme"], [place["brother"], place["student"]], on=date(2022, 9, 10), lead=head)


def test_the_timeline_tells_every_visit_and_of_another_school_s_day_and_mode_alone(place):
    plan(place, confirmed_at=now())
    plan(place, state=VisitState.DECLINED, planned_at=moment("2022-09-12 18:00"), decline_offer="at_school")
    foreign = abroad(place)

    told = [(e.css, e.when, e.mode, e.tag, e.people, e.text) for e in timeline(place["head"], place["student"])]
    assert told == [
        ("plan", "9月22日 周四 18:30", "上门", ("plan", "已约"), "陈晓", "9月18日家里答应了"),
        ("", "9月17日 18:30", "上门", ("done", "已归档"), "陈晓和罗一鸣，50分钟", "约好每晚八点开始写作业。"),
        ("off", "9月12日 18:00", "上门", ("mute", "婉拒"), "陈晓", "提过改在到校"),
        ("", "9月10日", "上门", ("mute", "外校走访"), "", ""),
    ]
    assert foreign.pk not in [e.visit.pk for e in timeline(place["head"], place["student"]) if e.visit]


def test_open_promises_and_opinions_of_standing_records(place):
    Promise.objects.create(visit=place["visit"], authority_id=place["visit"].authority_id, school=place["school"],
                           text="早睡", position=2, outcome="kept", outcome_at=now())  # fmt: skip
    user, student = place["head"], place["student"]

    assert [row.text for row in open_promises(user, student)] == ["每晚一起读十分钟书"]
    assert [row.text for row in opinions(user, student)] == ["希望作业少一点"]
    Visit.objects.filter(pk=place["visit"].pk).update(state="voided", void_reason="记错了人", voided_at=now())
    assert open_promises(user, student) == opinions(user, student) == []


def test_the_page_shows_the_file_and_the_way_to_print_it(place, client):
    page = sign_in(client, place["head"]).get(f"/visits/pupil/{place['student'].pk}/").content.decode()

    for words_ in ("走访与跟进", "希望作业少一点", "每晚一起读十分钟书", f"/visits/pupil/{place['student'].pk}/file.docx"):
        assert words_ in page
    assert "19900001234" not in page and "HARDSHIP" not in page


@pytest.mark.parametrize("visits", (1, 3))
def test_the_page_takes_the_same_queries_for_any_number_of_visits(place, client, django_assert_num_queries, visits):
    for day in range(1, visits):
        add_visit(place["programme"], [place["student"]], on=date(2022, 9, day), lead=place["head"])
    sign_in(client, place["head"]).get("/visits/records/")
    with django_assert_num_queries(11):
        client.get(f"/visits/pupil/{place['student'].pk}/")



def test_the_whole_file_is_one_document_with_a_page_for_each_record(place, client):
    add_visit(place["programme"], [place["student"]], on=date(2022, 9, 3), lead=place["head"])
    abroad(place)
    response = sign_in(client, place["head"]).get(f"/visits/pupil/{place['student'].pk}/file.docx")
    data = b"".join(response.streaming_content)

    paper = Document(io.BytesIO(data))
    assert [p.text for p in paper.paragraphs if p.text in ("学生走访档案", "学校家访记录表")] == [
        "学生走访档案", "学校家访记录表", "学校家访记录表",
    ]  # fmt: skip
    assert len(list(paper.element.body.iter(qn("w:pageBreakBefore")))) == 2
    said = "\n".join(words(data))
    assert "2022年9月10日　上门　　外校走访" in said and "19900001234" not in said
    entry = AuditEntry.objects.get(action="paper.pupil_file")
    assert entry.facts["visits"] == [place["visit"].pk + 1, place["visit"].pk]
    assert "内部资料 严禁外传" in paper.sections[0].footer.paragraphs[-1].text
    assert place["student"].name not in response["Content-Disposition"]


def test_the_whole_file_as_pdf_begins_each_record_on_a_page_of_its_own(place, client, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    response = sign_in(client, place["head"]).get(f"/visits/pupil/{place['student'].pk}/file.pdf")
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(b"".join(response.streaming_content))]

    assert response["Content-Type"] == "application/pdf"
    assert "学生走访档案" in pages[0] and "学校家访记录表" in pages[1] and "学校家访记录表" not in pages[0]
    assert all("内部资料" in page for page in pages)


def test_a_pupil_without_records_has_a_file_that_says_so(place, client):
    Visit.objects.filter(pk=place["visit"].pk).update(state="voided", void_reason="记错了人", voided_at=now())
    data = b"".join(sign_in(client, place["head"]).get(f"/visits/pupil/{place['student'].pk}/file.docx").streaming_content)

    assert "学校家访记录表" not in words(data) and "无" in words(data)


# ── Record page: links and answers ──


def test_links_of_a_record_for_each_reader(place):
    visit = for_paper(Visit.objects.all()).get(pk=place["visit"].pk)
    head, along = links(place["head"], visit), links(place["colleague"], visit)

    assert (head["form"] is not None, along["form"]) == (True, None)
    assert [name for name, _ in head["files"]] == ["顾梓涵"] and along["files"] == []
    assign(place["programme"], [place["student"]], place["colleague"], by=place["head"])
    again = make_again(place["colleague"])
    assert links(again, visit)["form"] is not None
    visit.state = VisitState.CANCELLED
    assert links(place["head"], visit) is None


def make_again(user):
    return type(user).objects.get(pk=user.pk)


def test_contacts_in_full_ask_for_a_reason_and_keep_what_was_chosen(place, client):
    address = f"/visits/{place['visit'].pk}/record/full/"
    refused = sign_in(client, place["head"]).post(address)

    assert refused.status_code == 422 and "先选用途" in refused.content.decode()
    assert AuditEntry.objects.filter(action__in=["paper.record", "student.reveal"]).count() == 0
    given = client.post(address, {"paper-reason": RevealReason.VISIT, "paper-form": "docx"})
    assert given.status_code == 200 and "19900001234" in "\n".join(words(b"".join(given.streaming_content)))


def test_too_many_looks_a_day_are_refused_with_a_sentence(place, client, monkeypatch):
    monkeypatch.setattr("students.actions.reveal.A_DAY", 0)
    response = sign_in(client, place["head"]).post(
        f"/visits/{place['visit'].pk}/record/full/", {"paper-reason": RevealReason.VISIT}
    )

    assert response.status_code == 429 and "明天再看" in response.content.decode()
    assert AuditEntry.objects.filter(action="paper.record").count() == 0


def test_without_libreoffice_the_page_offers_word_and_the_pdf_says_why(place, client, settings):
    settings.SOFFICE = ""
    visit = for_paper(Visit.objects.all()).get(pk=place["visit"].pk)
    response = sign_in(client, place["head"]).get(f"/visits/{place['visit'].pk}/record.pdf")

    assert links(place["head"], visit)["pdf"] == ""
    assert response.status_code == 503 and "请下载 Word 版" in response.content.decode()


def test_files_have_names_without_anybody_in_them_and_are_never_kept(place, client):
    response = sign_in(client, place["head"]).get(f"/visits/{place['visit'].pk}/record.docx")

    assert response["Content-Disposition"].endswith(f"-{place['visit'].pk}.docx")
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("no-store, private", "nosniff")


def test_no_photo_is_printed_before_every_family_has_agreed(place):
    visit = for_paper(Visit.objects.all()).get(pk=place["visit"].pk)
    write_bytes("media/a.jpg", jpeg())
    Media.objects.create(
        client_uuid=visit.client_uuid, visit=visit, programme=visit.programme, authority_id=visit.authority_id,
        school=visit.school, owner=place["head"], kind="photo", state="ready", file="media/a.jpg", sha256="0", size=1,
    )  # fmt: skip
    Consent.objects.create(student=place["student"], purpose="photo", recorded_by=place["head"])
    assert photos_to_print(visit, user=place["head"]) == []

    Consent.objects.create(student=place["brother"], purpose="photo", recorded_by=place["head"])
    assert len(photos_to_print(visit, user=place["head"])) == 1
    with_photo = Document(io.BytesIO(print_record(visit, by=place["head"], with_photos=True)))
    assert [round(shape.width.mm) for shape in with_photo.inline_shapes] == [56]
    assert AuditEntry.objects.get(action="paper.record").facts["photos"] != []
