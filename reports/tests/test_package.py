"""What lies in a package: part by part, as it stood at the instant, nobody's name where none belongs."""

import hashlib
import io
import json
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from core import jobs
from core.files import private_path
from core.tests.sheets_of_paper import everything, lines, rows
from reports.actions.compile import correct_compilation, run_compilation
from reports.actions.filing import approve_filing, file_filing, return_filing
from reports.models import SchoolPart, SchoolPlan, SchoolReport, SchoolSnapshot, SubmissionLine
from reports.package.district import check_package, write_package
from reports.package.school import freeze_extras, read_papers, write_part
from reports.queries.summary import summary_rows
from reports.tests.filed import make_filing
from reports.tests.package import PAPERS_BY, compiled, members, rows_of
from schools.tests.factories import make_class, make_officer
from students.tests.factories import make_student
from visits.models import Visit
from visits.tests.rows import add_visit
from works.actions.district import return_to_school
from works.models import Work
from works.tests.factories import make_work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
STORY, ESSAY = "附件1-感人故事推荐表-晨曦小学-{}.docx", "家访征文-晨曦小学-{}.docx"


@pytest.fixture
def package(district, turn):
    turn(PAPERS_BY)
    return compiled(district.programme)


def folder(school):
    return f"{school.code}-{school.short_name}"


@pytest.mark.seed("S57", "S70")
def test_a_package_holds_tables_register_index_papers_and_sums(district, package):
    first = folder(district.schools[0])
    assert package.state == "ready"
    files = members(package)
    assert list(files) == [
        "走访情况汇总表.xlsx", "未走访和未报送.xlsx", "报送登记.xlsx", "目录.docx",
        f"{first}/走访方案-晨曦小学.docx", f"{first}/附件2-活动报告-晨曦小学.docx",
        f"{first}/{STORY.format(district.story.pk)}", f"{first}/{ESSAY.format(district.essay.pk)}",
        "manifest.json", "SHA256SUMS.txt",
    ]  # fmt: skip
    listed = [line.split("  ") for line in files["SHA256SUMS.txt"].decode().splitlines()]
    assert listed == [[hashlib.sha256(data).hexdigest(), name] for name, data in files.items()][:-1]


def test_the_manifest_says_what_and_as_of_when_and_names_nobody(district, package):
    said = json.loads(members(package)["manifest.json"])
    assert (said["as_of"], said["known_at"], said["revision"]) == ("2022-10-09T00:00:00+08:00",) * 2 + (1,)
    assert [school["papers"] for school in said["schools"]] == [4, 0, 0]
    assert [one["name"] for one in said["files"]] == list(members(package))[:-2]
    for name in ("顾嘉树", "陈晓", "沈文清"):
        assert name not in json.dumps(said, ensure_ascii=False)


@pytest.mark.seed("S66")
def test_the_summary_has_every_column_and_leaves_small_categories_out(district, package):
    table = rows_of(members(package)["走访情况汇总表.xlsx"])
    above, titles = table[2], table[3]
    first, total = table[4], table[7]
    at = above.index("HARDSHIP")
    assert (titles[at], first[at : at + 2], total[at : at + 2]) == ("应访", ["<5", "<5"], [3, 2])
    nothing = dict.fromkeys(["建档数", "结对数"])
    wanted = {"征集意见": 3, "已办结": 2, "办结率": "66.66%", "典型案例": 0, "故事推荐": 1, "征文": 1, "报道": 1} | nothing
    assert {title: first[above.index(title)] for title in wanted} == wanted
    at = above.index("资助")
    assert (titles[at : at + 2], first[at : at + 2]) == (["人次", "金额（元）"], [1, 300])


def test_what_was_recounted_before_leaving_out_is_frozen(district, package):
    rows_, total = summary_rows(package)
    dimension = district.programme.categories.get(category__code="HARDSHIP").position + 1
    assert [(row.counts[dimension]["due"], row.counts[dimension]["visited"]) for row in rows_] == [(2, 2), (1, 0), (0, 0)]
    assert total.counts[dimension]["due"] == 3


@pytest.mark.seed("S70")
def test_the_missing_and_the_late_stand_with_counts_and_without_names(district, package):
    data = members(package)["未走访和未报送.xlsx"]
    schools = rows_of(data, "未走访的学校")
    assert schools[2:5] == [
        ["序号", "学校", "应访", "实访", "未访", "其中婉拒", "有未访的班级"],
        [1, "示例晨曦小学", 3, 2, 1, 0, 1],
        [2, "示例柳堤小学", 2, 0, 2, 0, 1],
    ]
    assert rows_of(data, "未走访的班级")[3:5] == [
        [1, "示例晨曦小学", "一（1）班", 3, 2, 1, 0], [2, "示例柳堤小学", "一（1）班", 2, 0, 2, 0],
    ]  # fmt: skip
    owed = [(row[1], row[2], row[3], row[4]) for row in rows_of(data, "未报送")[3:-1]]
    assert owed == [
        (f"示例{school}", label, "未交", until)
        for school in ("柳堤小学", "云杉路小学")
        for label, until in (
            ("学校走访方案", "2022年8月31日24:00"), ("感人故事推荐表", "2022年10月8日24:00"),
            ("活动报告", "2022年10月8日24:00"), ("家访征文", "没有定日期"),
        )
    ]  # fmt: skip
    assert rows_of(data, "补报")[3] == [
        1, "示例晨曦小学", "学校走访方案", "已报送，待审", "2022年9月28日10:00", "2022年8月31日24:00",
    ]  # fmt: skip


def test_those_missing_at_the_deadline_and_called_on_since_stand_as_a_difference(district, turn):
    """3 and 2 due, 2 and none reached by 30 September: one is called on in October, one was in September and is
    written down now."""
    late = add_visit(district.programme, [district.pupils[3]], on=date(2022, 10, 5), lead=district.head)
    written = add_visit(district.programme, [district.pupils[4]], on=date(2022, 9, 29), lead=district.head)
    for visit in (late, written):
        Visit.objects.filter(pk=visit.pk).update(recorded_at=datetime.fromisoformat("2022-10-06T10:00+08:00"))
    turn(PAPERS_BY)
    table = rows_of(members(compiled(district.programme))["未走访和未报送.xlsx"], "截止后补访")
    assert table[0][0] == "2022年9月30日24:00还没有走访到的学生，之后怎样"
    assert table[3:5] == [[1, "示例晨曦小学", 1, 0, 0, 1], [2, "示例柳堤小学", 2, 1, 1, 0]]
    at_the_deadline = compiled(district.programme, "coverage", at=datetime.fromisoformat("2022-10-01T00:00+08:00"))
    book = openpyxl.load_workbook(io.BytesIO(members(at_the_deadline)["未走访和未报送.xlsx"]))
    assert book.sheetnames == ["未走访的学校", "未走访的班级", "未报送", "补报"]


@pytest.mark.seed("S70", "S45")
def test_the_register_has_a_row_a_school_and_sums(district, package):
    table = rows_of(members(package)["报送登记.xlsx"])
    asked = ["学校走访方案", "感人故事推荐表", "活动报告", "家访征文"]
    assert [cell for cell in table[2] if cell] == ["序号", "学校", "学段", *asked]
    filed = "2022年9月28日10:00"
    assert table[4][3:] == [
        "已报送，待审（补报）", 1, filed, "已报送，待审", 1, filed, "已报送，待审", 1, filed, "已报送，待审", 1, filed,
    ]  # fmt: skip
    assert table[5][3:6] == ["未交", 0, None]
    assert table[7][:6] == ["合计", "3所学校", None, "1所已报送", 1, None]


@pytest.mark.seed("S44")
def test_what_schools_did_well_comes_together(district, package):
    """Every school's 具体做法 and 工作成效, and its stories, in one place for the district."""
    first = folder(district.schools[0])
    files = members(package)
    report = lines(files[f"{first}/附件2-活动报告-晨曦小学.docx"])
    assert [line for line in report if line[0] in "一二三四"] == [
        "一、开展情况", "二、具体做法", "三、工作成效", "四、存在的问题及建议",
    ]  # fmt: skip
    assert "顾同学按时写完作业了。" in report
    assert any(name.startswith(f"{first}/附件1-") for name in files)


@pytest.mark.seed("W32")
def test_at_the_plans_deadline_the_register_says_who_sent_one(district, turn):
    turn("2022-08-31T20:00+08:00")
    district.filed(SchoolPlan, 1)
    turn("2022-09-30T10:00+08:00")
    compilation = compiled(district.programme, "plan")
    assert compilation.as_of_words == "2022年8月31日24:00"
    rows_ = rows_of(members(compilation)["报送登记.xlsx"])
    assert [row[3:6] for row in rows_[4:7]] == [
        ["未交", 0, None], ["已报送，待审", 1, "2022年8月31日20:00"], ["未交", 0, None],
    ]  # fmt: skip
    papers = [name for name in members(compilation) if "/" in name]
    assert papers == [f"{folder(district.schools[1])}/走访方案-柳堤小学.docx"]


def test_the_index_lists_every_paper_with_its_author(district, package):
    data = members(package)["目录.docx"]
    said = lines(data)
    assert said[2:5] == [
        "数据截至2022年10月8日24:00，截止数据，第1版。", "共3所学校，4份材料，每所学校一个文件夹。", "共用文件",
    ]  # fmt: skip
    papers = rows(data, 1)
    assert [row[2] for row in papers] == ["材料", "走访方案", "活动报告", "感人故事", "家访征文"]
    assert papers[3][3] == f"《顾同学的菜园》陈晓\n{STORY.format(district.story.pk)}"


def test_pupils_stand_by_alias_and_the_nominee_in_full(district, package):
    files = members(package)
    first = folder(district.schools[0])
    story = everything(files[f"{first}/{STORY.format(district.story.pk)}"])
    report = everything(files[f"{first}/附件2-活动报告-晨曦小学.docx"])
    for name in ("顾嘉树", "林秋", "19900001234"):
        assert name not in story + report
    assert "顾同学" in story and "顾同学" in report
    assert "19900005518" in story and "内部资料 严禁外传" in story


def test_schools_read_together_keep_their_own_pupils_apart(district, package):
    """A pupil of one school stands by alias in its report; in another school's the same words are nobody's name."""
    said = "许星河甲和许星河乙都按时写完，江岚说好。"
    for number, (school, leader) in enumerate(zip(district.schools[1:], district.leaders[1:], strict=True)):
        make_student(make_class(school, grade=6, number=1), name=f"许星河{'甲乙'[number]}", guardian=("江岚", "19900001234"))
        report = make_filing(SchoolReport, district.programme, school, state="filed", by=leader, sections=["", said, "", ""])
        type(report).objects.filter(pk=report.pk).update(created_at=district.report.created_at)
    package.as_of = datetime.fromisoformat("2022-10-10T00:00+08:00")
    found = read_papers(package, district.schools)
    texts = [row.sections[1] for school in district.schools[1:] for row, _ in found[school.pk] if type(row) is SchoolReport]
    assert texts == ["许同学和许星河乙都按时写完，许同学的妈妈说好。", "许星河甲和许同学都按时写完，许同学的妈妈说好。"]


def test_papers_stand_as_they_did_at_the_instant(district, turn):
    """Returned, written anew and filed again afterwards: the package of the earlier instant is the same."""
    before = turn("2022-09-30T10:00+08:00")
    untouched = members(compiled(district.programme))
    officer, leader = make_officer(district.programme.authority), district.leaders[0]
    turn("2022-10-05T10:00+08:00")
    return_filing(district.report, by=officer, reason="数据不全")
    district.report.refresh_from_db()
    district.report.sections = ["", "改写过。", "改写过。", "改写过。"]
    district.report.save()
    approve_filing(district.report, by=leader)
    file_filing(district.report, by=leader)
    return_to_school(district.story, by=officer, reason="缺走访时间")
    Work.objects.filter(pk=district.story.pk).update(title="改过的题目", body="改过的正文")
    turn("2022-10-07T10:00+08:00")

    again = members(compiled(district.programme, at=before))
    assert list(again) == list(untouched)
    for name, data in untouched.items():
        if name.endswith(".docx") and "/" in name and "推荐表" not in name and "征文" not in name:
            assert again[name] == data, name  # nothing in it tells when it was printed
    story = f"{folder(district.schools[0])}/{STORY.format(district.story.pk)}"
    assert rows(again[story]) == rows(untouched[story])
    now = members(compiled(district.programme, at=turn("2022-10-08T10:00+08:00")))
    assert story not in now
    assert "改写过" in everything(now[f"{folder(district.schools[0])}/附件2-活动报告-晨曦小学.docx"])


def test_what_was_filed_at_the_instant_itself_came_too_late(district, turn):
    compilation = compiled(district.programme, at=turn("2022-09-28T10:00+08:00"))
    assert [part.papers for part in compilation.parts.all()] == [[], [], []]
    assert set(SubmissionLine.objects.values_list("state", flat=True)) == {"missing"}  # not even begun before


def test_the_same_compilation_gives_the_same_bytes(district, package, tmp_path):
    school = district.schools[0]
    part = SchoolPart.objects.get(school=school)
    papers = write_part(package, school, tmp_path / "part.zip")
    assert papers == part.papers
    assert hashlib.sha256((tmp_path / "part.zip").read_bytes()).hexdigest() == part.sha256
    parts = list(package.parts.select_related("school").order_by("school__code"))
    write_package(package, tmp_path / "whole.zip", parts=parts, missing=[], password="", alive=lambda done, total: None)
    assert (tmp_path / "whole.zip").read_bytes() == private_path(package.file).read_bytes()


def test_a_locked_package_opens_with_its_password_alone(district, turn):
    turn(PAPERS_BY)
    locked = compiled(district.programme, locked=True)
    assert len(locked.password) >= 12
    open_one = compiled(district.programme, at=locked.as_of - timedelta(seconds=1))
    assert list(members(locked, locked.password)) == list(members(open_one))
    with pytest.raises(RuntimeError):
        members(locked, "falsch")


def test_a_file_that_changed_in_a_part_is_not_packed(district, package, tmp_path):
    part = package.parts.select_related("school").order_by("school__code").first()
    part.papers[0]["sha256"] = "0" * 64
    with pytest.raises(jobs.JobFailed, match="晨曦小学的材料和记下的不一样"):
        write_package(package, tmp_path / "x.zip", parts=[part], missing=[], password="", alive=lambda done, total: None)
    part.papers = [*SchoolPart.objects.get(pk=part.pk).papers, part.papers[0] | {"name": "x/y.docx"}]
    with pytest.raises(jobs.JobFailed, match="材料不齐"):
        write_package(package, tmp_path / "x.zip", parts=[part], missing=[], password="", alive=lambda done, total: None)


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: data.replace(b"PK\x01\x02", b"XX\x01\x02")]
)
def test_a_broken_package_is_refused(district, package, damage, tmp_path):
    broken = tmp_path / "broken.zip"
    broken.write_bytes(damage(private_path(package.file).read_bytes()))
    with pytest.raises(jobs.JobFailed, match="核对没有通过"):
        check_package(package, broken)


def test_a_school_that_is_missing_is_named_in_every_table(district, package, tmp_path):
    missing = [{"school": district.schools[2].pk, "name": "示例云杉路小学", "why": "磁盘满了"}]
    parts = list(package.parts.select_related("school").order_by("school__code"))[:2]
    SchoolSnapshot.objects.filter(school=district.schools[2]).delete()
    package.file = "x.zip"
    write_package(package, private_path("x.zip"), parts=parts, missing=missing, password="", alive=lambda done, total: None)

    files = members(package)
    assert rows_of(files["未走访和未报送.xlsx"], "没有汇编成的学校")[3] == [1, "示例云杉路小学", "磁盘满了"]
    for name in ("走访情况汇总表.xlsx", "报送登记.xlsx"):
        assert any("缺1所学校，不在合计里：示例云杉路小学。" in str(row) for row in rows_of(files[name])), name
    assert any("缺1所学校：示例云杉路小学。" in line for line in lines(files["目录.docx"]))
    assert json.loads(files["manifest.json"])["missing"] == [{"name": "示例云杉路小学", "why": "磁盘满了"}]
    # The whole table that follows would tell by its sums what the school that came later has of a category.
    heads = [str(cell) for row in rows_of(files["走访情况汇总表.xlsx"])[:8] for cell in row if cell]
    assert not {"困境儿童", "HARDSHIP"} & set(heads)
    assert any("各类别等学校齐了再列" in str(row) for row in rows_of(files["走访情况汇总表.xlsx"]))


def test_a_correction_says_why_in_table_index_and_manifest_and_the_first_stays(district, package, turn):
    first = members(package)
    turn("2022-10-20T10:00+08:00")
    officer = make_officer(district.programme.authority)
    correction = correct_compilation(package, by=officer, reason="漏了一所学校的婉拒登记")
    run_compilation(correction.job_id)
    correction.refresh_from_db()

    files, known = members(correction), "2022年10月20日10:00"
    summary = [cell for row in rows_of(files["走访情况汇总表.xlsx"]) for cell in row]
    assert f"这是对第1版的更正，所知截至{known}。原因：漏了一所学校的婉拒登记" in summary
    assert f"这是对第1版的更正，按{known}所知。更正原因：漏了一所学校的婉拒登记" in lines(files["目录.docx"])
    said = json.loads(files["manifest.json"])
    assert (said["revision"], said["corrects"], said["reason"]) == (2, 1, "漏了一所学校的婉拒登记")
    assert members(package) == first


def test_extras_are_those_of_the_instant(district, turn):
    turn("2022-09-28T11:00+08:00")
    early = compiled(district.programme)
    late = compiled(district.programme, at=turn("2022-09-28T12:00+08:00"))
    early.as_of = early.known_at = datetime.fromisoformat("2022-09-06T10:00+08:00")
    ids = [school.pk for school in district.schools]
    nothing = {"help_times": 0, "help_amount": 0, "cases": 0, "stories": 0, "essays": 0, "press": 0}
    helped = nothing | {"help_times": 1, "help_amount": 300}
    assert freeze_extras(early, ids) == dict.fromkeys(ids, nothing) | {ids[0]: helped}
    assert freeze_extras(late, ids)[ids[0]] == helped | {"stories": 1, "essays": 1, "press": 1}


@pytest.mark.parametrize("works", (1, 3))
def test_a_part_takes_the_same_queries_for_any_number_of_works(
    district, package, works, tmp_path, django_assert_num_queries
):
    district.story.refresh_from_db()
    for _ in range(works):
        make_work(district.head, district.programme, district.schools[1], state="filed", facts=district.story.facts,
                  leader=district.leaders[1])  # fmt: skip
    package.as_of = package.known_at = datetime.fromisoformat("2022-10-10T00:00+08:00")
    # plans, reports, works, decisions since, versions and awards of the works; the template in use
    with django_assert_num_queries(7):
        write_part(package, district.schools[1], tmp_path / "part.zip")


@pytest.mark.parametrize("schools", (1, 3))
def test_papers_of_schools_are_read_together(district, package, schools, django_assert_num_queries):
    for school, leader in zip(district.schools[1:schools], district.leaders[1:schools], strict=True):
        for model in (SchoolPlan, SchoolReport):
            make_filing(model, district.programme, school, state="filed", by=leader)
        make_student(make_class(school, grade=6, number=1), name="许星河")
        make_work(district.head, district.programme, school, state="filed", leader=leader)
    package.as_of = datetime.fromisoformat("2022-10-10T00:00+08:00")
    # plans, reports, works, decisions since, versions of each, awards of works; pupils and parents named in reports
    with django_assert_num_queries(10):
        found = read_papers(package, district.schools[:schools])
    assert [len(found[school.pk]) for school in district.schools[:schools]] == [4, 3, 3][:schools]
