"""Pages of the statements: what leader and teacher read, which facts open to which rows, the files."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from docx import Document

from core.models import AuditEntry
from programmes.tests.upward import make_upward
from reports.actions.statement import count_statements, object_to_statement, show_statements
from reports.models import Statement
from schools.enums import Role
from schools.tests.factories import make_class_head, make_school, make_user
from students.tests.factories import make_mark, make_student
from visits.actions.register import open_register
from visits.models import VisitVisitor
from visits.tests.rows import add_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-10T09:00+08:00"
    return make_upward()


@pytest.fixture
def head(school_class):
    return make_class_head(school_class, name="陈晓", politics="01")


@pytest.fixture
def visited(programme, school_class, head):
    students = [make_student(school_class, name=name) for name in ("顾嘉树", "沈一诺")]
    make_mark(students[0], by=head)
    add_visit(programme, students[:1], on=date(2022, 9, 10), lead=head)
    open_register(programme)
    return students


@pytest.fixture
def statement(programme, school, head, leader, visited):
    count_statements(programme, school, by=leader)
    return Statement.objects.get(teacher=head)


def lines(response):
    return {fact.code: [(line.text, line.note) for line in fact.lines] for fact in response.context["facts"]}


@pytest.mark.seed("S50")
def test_each_fact_opens_to_the_teachers_own_rows(client, programme, school, head, leader, statement, visited):
    show_statements(programme, school, by=leader)
    client.force_login(head)
    response = client.get(reverse("reports:my_statement"), follow=True)

    found = lines(response)
    assert found["families"] == [("顾嘉树", "9月10日，主访")]
    assert found["reached"] == [("顾嘉树", "五（3）班，9月10日走访到"), ("沈一诺", "五（3）班，还没走访到")]
    assert found["priority"] == [("顾嘉树", "五（3）班，9月10日走访到")]
    assert reverse("visits:detail", args=[visited[0].visit_students.get().visit_id]) in response.content.decode()


def test_a_colleague_who_went_along_reads_no_names_beyond_the_own_visits(client, programme, school, leader, visited, head):
    teacher = make_user(Role.TEACHER, school=school, name="罗一鸣")
    VisitVisitor.objects.create(visit=visited[0].visit_students.get().visit, user=teacher)
    count_statements(programme, school, by=leader)
    show_statements(programme, school, by=leader)
    client.force_login(teacher)
    response = client.get(reverse("reports:my_statement"), follow=True)
    assert lines(response)["families"] == [("顾嘉树", "9月10日，同行")]
    assert "沈一诺" not in response.content.decode()
    assert client.get(reverse("reports:statement", args=[Statement.objects.get(teacher=head).pk])).status_code == 404


def test_before_it_is_shown_the_teacher_reads_nothing(client, statement, head):
    client.force_login(head)
    assert client.get(reverse("reports:statement", args=[statement.pk])).status_code == 404
    assert "还没有公示给你" in client.get(reverse("reports:my_statement")).content.decode()


@pytest.mark.seed("S50", "S51", "W92")
def test_the_rule_its_version_its_uses_and_the_weight_of_paperwork_are_told(client, programme, school, statement, leader, head):
    show_statements(programme, school, by=leader)
    client.force_login(head)
    page = client.get(reverse("reports:statement", args=[statement.pk])).content.decode()
    for words in ("怎么算的", "第1版", "<dt>留痕权重</dt><dd class=\"num\">0</dd>", "师德考核", "公示后7天", "不打分，不排名"):
        assert words in page


@pytest.mark.seed("S49")
def test_the_list_is_by_name_and_offers_no_other_order(client, programme, school, school_class, leader, visited, head):
    for name in ("丁宁", "罗一鸣"):
        make_user(Role.TEACHER, school=school, name=name)
    count_statements(programme, school, by=leader)
    client.force_login(leader)
    response = client.get(reverse("reports:statements"), {"sort": "-families", "order": "families"})
    names = [line["row"].teacher.name for line in response.context["lines"]]
    assert names == sorted(names)
    assert "aria-sort" not in response.content.decode() and "sort=" not in response.content.decode()


def test_each_step_by_its_button(client, programme, school, head, leader, visited):
    client.force_login(leader)
    assert "还没有算过" in client.get(reverse("reports:statements")).content.decode()
    for name in ("statements_count", "statements_show", "statements_finish"):
        assert client.post(reverse(f"reports:{name}")).status_code == 302
    row = Statement.objects.get(teacher=head)
    address = reverse("reports:statement", args=[row.pk])
    assert "本人确认后，或者10月17日过后，就能定稿" in client.get(address).content.decode()

    client.force_login(head)
    refused = client.post(reverse("reports:statement_object", args=[row.pk]), {"words": ""})
    assert refused.status_code == 422 and "写明哪一条不对" in refused.content.decode()
    client.post(reverse("reports:statement_object", args=[row.pk]), {"words": "少了一次"})
    assert client.post(reverse("reports:statement_agree", args=[row.pk])).status_code == 409

    client.force_login(leader)
    assert client.post(reverse("reports:statement_finish", args=[row.pk])).status_code == 409
    assert client.get(reverse("reports:statements"), {"state": "objected"}).context["page"].paginator.count == 1
    assert client.post(reverse("reports:statement_answer", args=[row.pk]), {"words": ""}).status_code == 422
    client.post(reverse("reports:statement_answer", args=[row.pk]), {"words": "查过了", "recount": "on"})
    client.force_login(head)
    client.post(reverse("reports:statement_agree", args=[row.pk]))
    client.force_login(leader)
    client.post(reverse("reports:statement_finish", args=[row.pk]))
    assert Statement.objects.get(pk=row.pk).state == "final"
    page = client.get(address).content.decode()
    assert all(word in page for word in ("少了一次", "查过了", "重新打开", "本人确认没有异议"))
    assert client.post(reverse("reports:statement_revise", args=[row.pk]), {"reason": ""}).status_code == 422
    client.post(reverse("reports:statement_revise", args=[row.pk]), {"reason": "补记"})
    client.post(reverse("reports:statement_recount", args=[row.pk]))
    client.post(reverse("reports:statement_show", args=[row.pk]))
    assert Statement.objects.get(pk=row.pk).state == "shown"


def test_the_list_of_another_school_is_not_found(client, programme, leader, statement):
    client.force_login(leader)
    other = make_school(programme.authority)
    for name in ("statements", "statements_xlsx", "statements_school"):
        assert client.get(reverse(f"reports:{name}"), {"school": other.pk}).status_code == 404
        assert client.get(reverse(f"reports:{name}"), {"school": "x"}).status_code == 404
    assert client.post(reverse("reports:statements_count"), {"school": other.pk}).status_code == 404


@pytest.mark.seed("W91", "W92")
def test_the_paper_for_the_personnel_file(client, programme, school, statement, leader, head):
    show_statements(programme, school, by=leader)
    object_to_statement(statement, by=head, words="少了一次")
    for person in (leader, head):
        client.force_login(person)
        response = client.get(reverse("reports:statement_docx", args=[statement.pk]))
        document = Document(BytesIO(b"".join(response)))
        text = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
        text += "\n".join(paragraph.text for paragraph in document.paragraphs)
        for words in ("陈晓", "走访到的家庭", "师德考核", "少了一次", "第1版"):
            assert words in text
    assert AuditEntry.objects.filter(action="paper.statement").count() == 2


@pytest.mark.seed("W91", "W92")
def test_the_paper_as_pdf(client, programme, school, statement, leader, head, settings, monkeypatch):
    """Where a PDF can be made the page offers it; where not, the address says so and leads to the Word file."""
    show_statements(programme, school, by=leader)
    client.force_login(head)
    address = reverse("reports:statement_pdf", args=[statement.pk])
    settings.SOFFICE = "sh"  # somewhere on every machine
    monkeypatch.setattr("reports.papers.make.to_pdf", lambda paper: b"%PDF-" + paper[:2])
    assert address in client.get(reverse("reports:statement", args=[statement.pk])).content.decode()
    made = client.get(address)
    assert made["Content-Type"] == "application/pdf" and b"".join(made) == b"%PDF-PK"
    assert AuditEntry.objects.get(action="paper.statement").facts["form"] == "pdf"

    settings.SOFFICE = ""
    assert address not in client.get(reverse("reports:statement", args=[statement.pk])).content.decode()
    away = client.get(address)
    assert away.status_code == 503 and reverse("reports:statement_docx", args=[statement.pk]) in away.content.decode()
    assert AuditEntry.objects.filter(action="paper.statement").count() == 1


@pytest.mark.seed("W91")
def test_the_list_as_a_workbook(client, programme, school, statement, leader, head):
    make_user(Role.TEACHER, school=school, name="=丁宁")
    count_statements(programme, school, by=leader)
    client.force_login(leader)
    response = client.get(reverse("reports:statements_xlsx"))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(response))).active
    rows = list(sheet.values)
    assert "用途：师德考核" in rows[1][0]
    heads = rows[2]
    assert heads[:6] == ("序号", "姓名", "职务", "状态", "参加走访", "走访到的家庭")
    by_name = {row[1]: dict(zip(heads, row, strict=True)) for row in rows[3:5]}
    assert by_name["陈晓"]["负责的学生，走访到的"] == "1 / 2人" and by_name["=丁宁"]["参加走访"] == "否"
    assert "权重0" in rows[5][0]
    assert AuditEntry.objects.get(action="statement.export").facts["rows"] == 2


@pytest.mark.seed("W87", "S6", "S7")
def test_the_page_of_the_school(client, programme, school, statement, leader):
    client.force_login(leader)
    page = client.get(reverse("reports:statements_school")).content.decode()
    for words in ("走访覆盖", "1 / 2人", "参加走访的党员老师", "1 / 1人"):
        assert words in page


@pytest.mark.parametrize("number", (1, 3))
def test_query_count_of_the_list(client, programme, school, leader, number, django_assert_num_queries):
    for _ in range(number):
        make_user(Role.TEACHER, school=school)
    count_statements(programme, school, by=leader)
    client.force_login(leader)
    with django_assert_num_queries(7):
        client.get(reverse("reports:statements"))


@pytest.mark.parametrize("number", (1, 3))
def test_query_count_of_one(client, programme, school, school_class, head, leader, number, django_assert_num_queries):
    for _ in range(number):
        add_visit(programme, [make_student(school_class)], on=date(2022, 9, 10), lead=head)
    open_register(programme)
    count_statements(programme, school, by=leader)
    client.force_login(leader)
    with django_assert_num_queries(22):
        client.get(reverse("reports:statement", args=[Statement.objects.get(teacher=head).pk]))
