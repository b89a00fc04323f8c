"""Blindness: nothing a judge is sent names the author, the school, a pupil or a parent — no page, address, file name,
header, part or property of a document."""

import io
import re
import zipfile
from urllib.parse import unquote

import pytest
from docx import Document

from schools.enums import Role
from schools.models import Message
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.tests.rows import add_visit
from works.actions.author import save_work, start_work, submit_work
from works.actions.judging import close_round
from works.actions.rounds import add_entries, add_judge
from works.models import Work
from works.queries.alias import blind
from works.tests.factories import make_round
from works.tests.judging import make_judges, opened, score_all, sheets_of

pytestmark = pytest.mark.django_db
BODY = (
    "我是晨曦路小学五（3）班的班主任柏松岚，同事叫我柏老师。九月十六日晚上，我和罗一鸣老师去顾嘉树家，妈妈林秋泡了茶。"
    "嘉树说想把阳台写进作文。林秋留了电话19900001234，孩子的学籍号是G990113201101010012。"
    "示例区晨曦路小学的沈文清校长也来过。五年级3班的同桌许知远常来写作业。回到晨曦路，天黑了。"
)


@pytest.fixture
def named(programme, authority):
    """A story with every name in it, filed by its school: what must not be read, and the work."""
    school = make_school(authority, name="示例区晨曦路小学", short_name="晨曦路小学")
    school_class = make_class(school)
    head = make_class_head(school_class, name="柏松岚", username="bosonglan", phone="19900005518")
    make_user(Role.TEACHER, school=school, name="罗一鸣")
    leader = make_user(Role.SCHOOL_LEADER, school=school, name="沈文清")
    pupil = make_student(school_class, name="顾嘉树", guardian=("林秋", "19900001234"))
    make_student(school_class, name="许知远", guardian=("许母芳", "19900004321"))
    visit = add_visit(programme, [pupil], on=programme.starts_on, lead=head)
    open_register(programme)
    work, _ = start_work(programme, by=head, kind="story", visit=visit)
    work = save_work(work, by=head, revision=work.revision, title="柏松岚和顾嘉树的阳台", body=BODY)
    work = submit_work(work, by=head, confirmed=True)
    Work.objects.filter(pk=work.pk).update(
        state="filed", approved_at="2022-09-18T20:00+08:00", approved_by=leader, approver_confirmed_at="2022-09-18T20:00+08:00",
        opinion="好", opinion_on="2022-09-18", filed_at="2022-09-18T20:00+08:00", filed_by=leader,
    )  # fmt: skip
    names = ["柏松岚", "柏老师", "bosonglan", "晨曦路", "顾嘉树", "嘉树", "林秋", "许知远", "许母芳", "罗一鸣", "沈文清",
             "五（3）班", "五年级3班", "19900001234", "19900005518", "G990113201101010012", school.code]  # fmt: skip
    return names, Work.objects.select_related("author", "honoree", "school").get(pk=work.pk)


@pytest.fixture
def round_(programme, officer, named, school):
    round_ = make_round(programme, by=officer, kind="story", judges_each=2)
    add_entries(round_, by=officer)
    for judge in make_judges(school, 2):
        add_judge(round_, judge, by=officer)
    return opened(round_)


def test_the_frozen_text_names_nobody(named, round_):
    names, work = named
    entry = round_.entries.get()
    assert [name for name in names if name in entry.title + entry.body] == []
    assert entry.title == "本文老师和顾同学的阳台"
    assert "我是本校某班的班主任本文老师" in entry.body and "（电话）" in entry.body


PAGE_OF_JUDGE = re.compile(r"/works/(judging|rounds/\d+/results)(?!.*/recuse/)")


def links(text):
    return [link for link in re.findall(r'(?:href|action|src)="([^"#]+)"', text) if link.startswith("/")]


def crawl(client, start):
    """{address: response} of every judging page that leads on from the start, by GET."""
    found, waiting = {}, [start]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        response = found[address] = client.get(address)
        if response.get("Content-Type", "").startswith("text/html"):
            waiting += [link for link in links(response.content.decode()) if PAGE_OF_JUDGE.match(link)]
    return found


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def readable(data):
    """All text of a response: a page as it is, a document part by part with the names of its parts."""
    if data[:2] != b"PK":
        return data.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        return "\n".join([archive.comment.decode(), *archive.namelist(), *parts])


def leaks(names, found):
    return [
        (address, name)
        for address, response in found.items()
        for text in (readable(body_of(response)), unquote(address), unquote(str(response.headers)), str(response.cookies))
        for name in names
        if name in text
    ]


@pytest.mark.parametrize("state", ["open", "closed"])
def test_nothing_a_judge_is_sent_names_author_school_or_pupil(client, officer, named, round_, state):
    names, work = named
    judge = round_.judges.select_related("user").first().user
    sheet = sheets_of(round_, judge)[0]
    client.force_login(judge, backend="schools.backends.StaffBackend")
    refused = client.post(f"/works/judging/{sheet.token}/", {"score_truth": "99"})
    assert refused.status_code == 422
    if state == "closed":
        score_all(round_)
        close_round(round_, by=officer)
    found = crawl(client, "/works/judging/")
    kinds = {re.sub(r"[0-9a-f-]{36}|\d+", "#", address) for address in found}
    expected = {"/works/judging/", "/works/judging/round/#/", "/works/judging/#/", "/works/judging/#.docx"}
    assert kinds == expected | ({"/works/rounds/#/results/"} if state == "closed" else set())
    assert {response.status_code for response in found.values()} == {200}
    assert leaks(names, found | {"refused": refused}) == []
    ids = {str(pk) for pk in (work.client_uuid, sheet.entry.token)}
    assert not [address for address in found if any(pk in address for pk in ids)]
    told = " ".join(Message.objects.filter(user=judge).values_list("text", flat=True))
    assert [name for name in names if name in told] == []


def test_the_paper_has_empty_properties_and_a_number_for_a_name(client, named, round_):
    judge = round_.judges.select_related("user").first().user
    sheet = sheets_of(round_, judge)[0]
    client.force_login(judge, backend="schools.backends.StaffBackend")
    response = client.get(f"/works/judging/{sheet.token}.docx")
    assert unquote(response["Content-Disposition"]) == "attachment; filename*=utf-8''作品-001.docx"
    assert response["Cache-Control"] == "no-store, private"
    document = Document(io.BytesIO(body_of(response)))
    kept = document.core_properties
    fields = ("author", "title", "subject", "keywords", "comments", "last_modified_by", "category", "identifier")
    assert {getattr(kept, name) for name in fields} == {""}
    assert kept.created.year == kept.modified.year == 2000
    text = "\n".join(line.text for line in document.paragraphs)
    assert "作品 001" in text and "本文老师和顾同学的阳台" in text
    assert [cell.text for cell in document.tables[0].columns[0].cells][:3] == ["真实具体", "师爱和办法", "表达"]


def test_colleagues_and_the_schools_other_names_go_too(named):
    _, work = named
    text = "晨曦路学校的罗一鸣老师和沈文清校长，晨曦路上的孩子，2022级3班，松岚老师。"
    assert blind(work, text, ["罗一鸣", "沈文清"]) == "本校的一位老师和一位老师，本校上的孩子，某班，本文老师。"


def test_a_judge_who_teaches_there_never_gets_it(programme, officer, named, school):
    _, work = named
    own = make_user(Role.TEACHER, school=work.school)
    round_ = make_round(programme, by=officer, kind="story", judges_each=2, title="另一次")
    add_entries(round_, by=officer)
    for judge in [own, *make_judges(school, 2)]:
        add_judge(round_, judge, by=officer)
    opened(round_)
    assert sheets_of(round_, own) == []


PUPILS = ["顾嘉树", "嘉树", "林秋", "许知远", "许母芳", "19900001234"]


def test_the_district_that_runs_it_reads_pupils_by_alias(client, programme, officer, named, school):
    """Author and school it knows; the names of pupils and parents stay at the school, in titles too."""
    round_ = make_round(programme, by=officer, kind="story", judges_each=1)
    client.force_login(officer, backend="schools.backends.StaffBackend")
    start = f"/works/rounds/{round_.pk}/"
    found = {"more": client.get(f"{start}entries/?show=more")}
    add_entries(round_, by=officer)
    found["nobody"] = client.post(f"{start}open/")
    for judge in make_judges(school, 1):
        add_judge(round_, judge, by=officer)
    entry = round_.entries.get()
    pages = [start, f"{start}entries/", f"/works/rounds/entries/{entry.token}/"]
    found |= {f"draft {page}": client.get(page) for page in pages}
    opened(round_)
    score_all(round_)
    close_round(round_, by=officer)
    found |= {page: client.get(page) for page in [*pages, f"{start}results/", f"{start}results.xlsx"]}
    assert "柏松岚和顾同学的阳台" in found[f"{start}results/"].content.decode()
    assert leaks(PUPILS, found) == []
