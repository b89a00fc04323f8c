"""Which text of a work each side reads while it travels back and forth."""

import pytest

from works.actions.author import save_work, submit_work
from works.actions.district import return_to_school
from works.actions.school import approve_work, file_works
from works.queries.versions import text_for
from works.tests.factories import make_work


@pytest.fixture
def at(settings):
    def turn(text):
        settings.HOMEVISIT_CLOCK = f"2022-09-{text}+08:00"

    return turn


def test_the_district_reads_what_was_filed_until_the_school_files_again(
    at, head, leader, reviewer, programme, school, visit
):
    work = make_work(head, programme, school, visit=visit, kind="story", state="submitted", body="第一稿")
    at("19T09:00")
    work = approve_work(work, by=leader, opinion="同意推荐。", confirmed=True)
    file_works([work.pk], by=leader)
    at("20T09:00")
    work.refresh_from_db()
    work = return_to_school(work, by=reviewer, reason="补后来怎样了。")
    at("21T09:00")
    work = save_work(work, by=head, revision=work.revision, body="第二稿")
    texts = [text_for(person, work)[1] for person in (head, leader, reviewer)]
    assert texts == ["第二稿", "第一稿", "第一稿"]  # still being written
    work = submit_work(work, by=head, confirmed=True)
    assert [text_for(person, work)[1] for person in (head, leader)] == ["第二稿", "第二稿"]
    assert not type(work).objects.visible_to(reviewer).filter(pk=work.pk).exists()  # not the desk's before it is filed
    at("22T09:00")
    work = approve_work(work, by=leader, opinion="同意推荐。", confirmed=True)
    file_works([work.pk], by=leader)
    work.refresh_from_db()
    assert text_for(reviewer, work)[1] == "第二稿"
