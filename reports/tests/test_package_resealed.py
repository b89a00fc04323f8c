"""A school tried again writes its papers as they stood: what was sealed with a newer submission, or awarded since, is
not in them."""

import io
from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from docx import Document

from programmes.actions.publicity import change_publicity
from programmes.models import Publicity
from reports.package.school import freeze_extras, write_part
from reports.package.stood import papers_of
from reports.tests.package import compiled, members
from schools.tests.factories import make_officer
from works.actions.author import submit_work
from works.actions.district import return_to_school
from works.actions.school import approve_work, file_works, give_school_award, recall_work, set_order
from works.models import PastAward, Work, WorkVersion
from works.queries.facts import seal_facts
from works.tests.factories import make_work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def words_of(data):
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([*cells, *(paragraph.text for paragraph in document.paragraphs)])


def test_papers_written_again_are_the_same_after_newer_facts_and_another_award(district, turn, tmp_path):
    district.essay.facts = seal_facts(district.essay)
    district.essay.save(update_fields=["facts"])
    give_school_award(district.essay, by=district.leaders[0], label="一等奖")
    turn("2022-10-09T00:00:30+08:00")
    package = compiled(district.programme)
    first = tmp_path / "first.zip"
    write_part(package, district.schools[0], first)
    story = next(name for name in members(package) if "附件1" in name)
    assert "19900005518" in words_of(members(package)[story])

    turn("2022-10-10T10:00+08:00")
    officer, leader = make_officer(district.programme.authority), district.leaders[0]
    give_school_award(district.essay, by=leader, label="二等奖")
    return_to_school(district.story, by=officer, reason="电话打不通")
    district.story.refresh_from_db()
    district.head.phone = "19900005519"
    district.head.save()
    district.story.refresh_from_db()
    submit_work(district.story, by=district.head, confirmed=True)
    approve_work(district.story, by=leader, opinion="同意推荐。", confirmed=True)
    file_works([district.story.pk], by=leader)
    turn("2022-10-10T11:00+08:00")
    give_school_award(district.essay, by=leader, label="三等奖")

    again = tmp_path / "again.zip"
    write_part(package, district.schools[0], again)
    assert again.read_bytes() == first.read_bytes()


def test_a_report_in_the_press_counts_by_what_was_written_down_then(district, turn):
    line, leader = Publicity.objects.get(), district.leaders[0]
    package = compiled(district.programme, at=turn("2022-09-29T00:00+08:00"))
    ids = [school.pk for school in district.schools]
    assert freeze_extras(package, ids)[ids[0]]["press"] == 1
    turn("2022-09-30T10:00+08:00")
    change_publicity(line, by=leader, on=date(2022, 9, 29))
    change_publicity(line, by=leader, kind="reported")
    assert freeze_extras(package, ids)[ids[0]]["press"] == 1
    package.as_of = package.known_at = turn("2022-09-30T11:00+08:00")
    assert freeze_extras(package, ids)[ids[0]]["press"] == 0
    assert Publicity.objects.filter(removed_at=None).get().pk == line.pk


def test_a_submission_keeps_what_was_sealed_with_it(district):
    district.story.refresh_from_db()
    assert WorkVersion.objects.get(work=district.story).facts == district.story.facts != ""


def test_submissions_of_before_are_given_what_was_sealed_with_the_last(district):
    WorkVersion.objects.create(work=district.story, number=9, title="早些", body="早些", submitted_by=district.head)
    WorkVersion.objects.update(facts="")
    migration = import_module("works.migrations.0003_what_a_submission_sealed")
    migration.fill(apps, None)
    district.story.refresh_from_db()
    kept = dict(WorkVersion.objects.filter(work=district.story).values_list("number", "facts"))
    assert kept == {1: district.story.facts, 9: ""} and district.story.facts


def test_a_work_sent_again_in_another_place_lies_where_it_lay(district, turn):
    leader, at = district.leaders[0], turn("2022-10-09T00:00:30+08:00")
    other = make_work(district.head, district.programme, district.schools[0], kind="essay", state="approved", leader=leader)
    before = papers_of(district.programme, district.schools, at)
    turn("2022-10-09T09:00+08:00")
    recall_work(district.essay, by=leader)
    district.essay.refresh_from_db()
    set_order(district.essay, by=leader, order=2)
    again = papers_of(district.programme, district.schools, at)
    first, second = (
        [(row.pk, row.school_order) for row, _ in found[district.schools[0].pk] if isinstance(row, Work)]
        for found in (before, again)
    )
    assert first == second and other.pk not in dict(first)
    district.essay.refresh_from_db()
    assert district.essay.school_order == 2


def test_the_same_award_twice_is_one_past(district):
    leader = district.leaders[0]
    for label in ("一等奖", "一等奖", ""):
        give_school_award(district.essay, by=leader, label=label)
    assert list(PastAward.objects.values_list("work", "label")) == [(district.essay.pk, ""), (district.essay.pk, "一等奖")]
