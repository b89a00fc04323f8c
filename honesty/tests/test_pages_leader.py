"""What the school's leader reads of hints, and finds out."""

import pytest
from django.urls import reverse

from core.clock import now
from core.tests import pictures
from honesty.actions.answer import answer
from honesty.enums import Finding, HintKind, HintState
from honesty.models import Hint
from honesty.tests.factories import add_call, make_hint
from honesty.tests.scene import copied_texts, day_of_calls, one_photo, pupils
from programmes.models import Programme
from schools.enums import Role
from schools.models import Decision, Message
from schools.tests.factories import add_post, make_class, make_class_head, make_leader
from visits.actions.register import open_register
from visits.models import Media
from visits.tests.photo_place import ASKED, on_record

pytestmark = pytest.mark.django_db
LATER = "2022-09-21T04:00+08:00"


@pytest.fixture
def get(client):
    """get(user, name, *args, htmx=False, **query) → the page's text."""

    def read(user, name, *args, htmx=False, status=200, **query):
        client.force_login(user)
        headers = {"HX-Request": "true"} if htmx else {}
        response = client.get(reverse(f"honesty:{name}", args=args), query, headers=headers)
        assert response.status_code == status
        return response.text

    return read


@pytest.fixture
def post(client):
    def send(user, verb, hint, **data):
        client.force_login(user)
        data = {f"conclude-{name}": value for name, value in data.items()} if verb == "conclude" else data
        return client.post(reverse(f"honesty:{verb}", args=[hint.pk]), data)

    return send


@pytest.fixture
def hint(head, programme, school_class):
    return copied_texts(head, programme, pupils(school_class, 3), state=HintState.ANSWERED)


# ── The list ──


@pytest.mark.seed("S15", "S29")
def test_the_list_has_what_the_teachers_answered_first_then_who_waits_longest(get, head, teacher, leader, programme, school):
    make_hint(head, programme, school, kind=HintKind.PHOTO)
    make_hint(teacher, programme, school, kind=HintKind.BUNCHED, state=HintState.ANSWERED)
    make_hint(teacher, programme, school, kind=HintKind.ALIKE, state=HintState.CONCLUDED)
    make_hint(teacher, programme, school, kind=HintKind.PHOTO, state=HintState.GONE)
    text = get(leader, "school").split('<div class="scroll-x only-d"')[1].split("</table>")[0]
    assert text.index("9月13日一天走访了11家") < text.index("同一张照片出现在3个学生的记录里")
    assert "住得近，一趟走完" in text
    assert text.count("<tr>") == 3
    done = get(leader, "school", tab="done")
    assert "家访反思" in done
    assert "情况属实" in done


def test_what_is_still_the_teachers_alone_is_nowhere(get, settings, head, leader, programme, school):
    make_hint(head, programme, school, leader_from=now().replace(day=21))
    text = get(leader, "school")
    assert "没有要核实的" in text
    assert "没有待核实的提醒" in get(leader, "card", htmx=True)
    settings.HOMEVISIT_CLOCK = LATER
    assert "等老师说明" in get(leader, "school")


def test_the_leader_sees_it_at_once_when_the_teacher_has_answered(get, head, leader, programme, school):
    waiting = make_hint(head, programme, school, leader_from=now().replace(day=21))
    answer(waiting, by=head, reason="common")
    assert "老师已说明" in get(leader, "school")


def test_tabs_and_kinds_narrow_the_list_and_keep_each_other(get, head, leader, programme, school):
    for kind in HintKind:
        make_hint(head, programme, school, kind=kind)
    make_hint(make_class_head(make_class(school)), programme, school, kind=HintKind.ALIKE, state=HintState.CONCLUDED)
    text = get(leader, "school", kind="alike")
    assert "份“家访反思”" in text
    assert "同一张照片" not in text
    assert "?kind=alike&amp;tab=done" in text
    assert "这里还没有" in get(leader, "school", kind="photo", tab="done")
    assert "照片重复" in get(leader, "school", kind="nonsense", tab="nonsense")


def test_all_looked_into_is_said(get, head, leader, programme, school):
    make_hint(head, programme, school, state=HintState.CONCLUDED)
    assert "已核实" in get(leader, "school")  # all of them, since nothing waits
    assert "都核实过了" in get(leader, "school", tab="open")


@pytest.mark.sqlite  # a table of rules: once is enough
def test_nobody_else_has_the_list(get, head, teacher, school_admin, officer, programme, school):
    make_hint(head, programme, school)
    for user in (head, teacher, school_admin, officer):
        get(user, "school", status=403)
        get(user, "card", status=403)


def test_a_leader_of_two_schools_changes_between_them(get, client, head, leader, programme, school, other_school):
    add_post(leader, Role.SCHOOL_LEADER, school=other_school)
    make_hint(head, programme, school)
    make_hint(make_class_head(make_class(other_school)), programme, other_school, kind=HintKind.PHOTO)
    assert "照片重复" in get(leader, "school", school=other_school.pk)
    assert "照片重复" not in get(leader, "school", school=school.pk)
    assert f"school={other_school.pk}" in get(leader, "school")
    stranger = make_leader(other_school)
    assert "文字雷同" not in get(stranger, "school", school=school.pk)  # not theirs: the own one is shown


def test_fifty_a_page_and_no_query_more_for_three(
    get, django_assert_num_queries, client, head, leader, programme, school
):  # fmt: skip
    def count():
        with django_assert_num_queries(11):
            client.get(reverse("honesty:school"))
        with django_assert_num_queries(9):
            client.get(reverse("honesty:card"), headers={"HX-Request": "true"})

    client.force_login(leader)
    make_hint(head, programme, school, kind=HintKind.BUNCHED, visits=_visit(programme, school))
    count()
    for kind in (HintKind.ALIKE, HintKind.PHOTO):
        make_hint(head, programme, school, kind=kind, visits=_visit(programme, school))
    count()
    for number in range(51):
        make_hint(head, programme, school, kind=HintKind.PHOTO, key=f"many {number}")
    assert "第1–50条，共54条" in get(leader, "school")


def _visit(programme, school):
    school_class = make_class(school, number=Hint.objects.count() + 1)
    return [add_call(programme, pupils(school_class, 1)[0], make_class_head(school_class), "2022-09-13 18:30")]


# ── The card on the school's page ──


def test_the_card_has_three_lines_the_number_and_the_way_to_the_rest(get, head, leader, programme, school):
    for kind in HintKind:
        make_hint(head, programme, school, kind=kind)
    make_hint(head, programme, school, kind=HintKind.PHOTO, key="another")
    make_hint(head, programme, school, kind=HintKind.PHOTO, key="done", state=HintState.CONCLUDED)
    text = get(leader, "card", htmx=True, school=school.pk)
    assert text.count("alert-r") == 3
    assert "还有1条" in text
    assert ">4<" in text
    assert "提醒不等于结论，先和老师核实。核实结果会留存。" in text
    assert reverse("honesty:rules") in text
    assert "<html" not in text
    assert "<html" in get(leader, "card")  # without script a page of its own


def test_the_schools_page_asks_for_the_card_for_its_leader_only(client, leader, school_admin, programme, school, school_class):
    pupils(school_class, 1)
    open_register(programme)
    address = f"{reverse('honesty:card')}?school={school.pk}"
    for user, asks in ((leader, True), (school_admin, False)):
        client.force_login(user)
        assert (address in client.get(reverse("visits:school", args=[school.pk])).text) == asks


def test_without_a_notice_the_pages_say_so(get, leader, school, programme):
    programme.delete()
    assert "还没有走访活动" in get(leader, "school")
    assert "还没有走访活动" in get(leader, "card", htmx=True)
    assert "还没有走访活动" in get(leader, "rules")


# ── One hint ──


def test_the_leader_reads_whose_it_is_what_the_teacher_says_and_the_records(get, leader, head, hint):
    text = get(leader, "hint", hint.pk)
    said = ("老师的说明", "说的本来是同一件事", "几家在一个小区")
    for words in ("五（3）班 3份“家访反思”", f"{head.name}的记录", *said, "记下结果"):
        assert words in text
    assert "交说明" not in text
    assert "修订" not in text  # what the teacher has to mend, the teacher mends


def test_without_an_answer_the_leader_is_told_to_ask(get, leader, head, programme, school_class):
    text = get(leader, "hint", day_of_calls(head, programme, pupils(school_class, 9)).pk)
    assert "老师还没有说明" in text
    assert "老师怎么说的，写一句。" in text


@pytest.mark.seed("S15")
@pytest.mark.parametrize("finding", Finding)
def test_what_the_leader_finds_out_is_kept_and_the_teacher_reads_it(get, post, leader, head, hint, finding):
    response = post(leader, "conclude", hint, finding=finding, note="看过三份记录", was="answered")
    assert response["Location"] == reverse("honesty:school")
    hint.refresh_from_db()
    assert (hint.state, hint.finding, hint.concluded_by) == (HintState.CONCLUDED, finding, leader)
    assert "10秒内可以撤销" in get(leader, "school")
    text = get(head, "hint", hint.pk)
    assert finding.label in text
    assert f"{leader.name}核实了" in text
    assert "看过三份记录" in text
    assert Message.objects.filter(user=head).exists() == (finding == Finding.AGAIN)


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize(
    ("state", "data", "sentence"),
    [
        (HintState.ANSWERED, {}, "选一个核实结果。"),
        (HintState.ANSWERED, {"finding": "guilty"}, "选一个核实结果。"),
        (HintState.TOLD, {"finding": "fine"}, "写一句老师怎么说的。"),
        (HintState.TOLD, {"finding": "fine", "note": "  "}, "写一句老师怎么说的。"),
        (HintState.ANSWERED, {"finding": "fine", "note": "写" * 301}, "最多300个字"),
    ],
)
def test_a_wrong_conclusion_is_refused_and_its_words_kept(post, leader, head, programme, school, state, data, sentence):
    hint = make_hint(head, programme, school, state=state)
    response = post(leader, "conclude", hint, **data)
    assert response.status_code == 422
    assert sentence in response.text
    if len(data.get("note", "")) > 300:
        assert data["note"] in response.text
    hint.refresh_from_db()
    assert hint.state == state


def test_an_answer_given_meanwhile_is_read_first(get, post, leader, head, programme, school):
    hint = make_hint(head, programme, school)
    answer(hint, by=head, reason="common", text="")
    response = post(leader, "conclude", hint, finding="again", note="没有说", was="told")
    assert response.status_code == 409
    assert "老师刚说明了情况" in response.text


def test_concluding_twice_is_once_and_somebody_elses_conclusion_stands(post, leader, school, hint):
    for _ in range(2):
        assert post(leader, "conclude", hint, finding="fine", note="好").status_code == 302
    assert Decision.objects.filter(verb="conclude").count() == 1
    response = post(make_leader(school), "conclude", hint, finding="again", note="不好")
    assert response.status_code == 409
    assert "已核实" in response.text


@pytest.mark.seed("S29")
def test_nobody_concludes_on_the_own_records(get, post, leader, programme, school, school_class):
    add_post(leader, Role.CLASS_HEAD, school_class=school_class)
    own = copied_texts(leader, programme, pupils(school_class, 3), state=HintState.ANSWERED)
    assert "自己的记录" in get(leader, "school")
    assert "学校没有别的负责人来核实" in get(leader, "hint", own.pk)
    other = make_leader(school)
    text = get(leader, "hint", own.pk)
    assert "由学校另一位负责人核实" in text
    assert "记下结果" not in text
    for verb in ("conclude", "reopen", "undo"):
        assert post(leader, verb, own, finding="fine", note="我自己看过").status_code == 403
    assert post(other, "conclude", own, finding="fine").status_code == 302


def test_a_conclusion_is_undone_within_ten_seconds_and_not_later(get, post, settings, leader, head, hint):
    post(leader, "conclude", hint, finding="again", note="重写两份")
    batch = Decision.objects.get(verb="conclude").batch
    assert post(leader, "undo", hint, batch=batch).status_code == 302
    hint.refresh_from_db()
    assert (hint.state, hint.finding, hint.concluded_at) == (HintState.ANSWERED, "", None)
    assert not Message.objects.filter(user=head).exists()
    assert post(leader, "undo", hint, batch="nonsense").status_code == 409
    post(leader, "conclude", hint, finding="fine", note="")
    settings.HOMEVISIT_CLOCK = "2022-09-19T04:01+08:00"
    assert "撤销" not in get(leader, "school")
    response = post(leader, "undo", hint)
    assert response.status_code == 409
    assert "已经过了10秒" in response.text


def test_a_conclusion_is_looked_into_anew_and_stays_in_the_history(get, post, leader, hint):
    post(leader, "conclude", hint, finding="fine", note="没有问题")
    assert "重新打开这条提醒？" in get(leader, "hint", hint.pk)
    assert post(leader, "reopen", hint).status_code == 302
    assert post(leader, "reopen", hint).status_code == 302  # twice is once
    text = get(leader, "hint", hint.pk)
    assert "记下结果" in text
    assert "情况属实：没有问题" in text
    assert text.count(f"{leader.name}重新打开") == 1


@pytest.mark.sqlite  # a table of rules: once is enough
def test_nobody_else_concludes(post, head, teacher, school_admin, officer, other_school, hint):
    assert post(head, "conclude", hint, finding="fine").status_code == 403
    for user in (teacher, school_admin, officer, make_leader(other_school)):
        for verb in ("conclude", "reopen", "undo"):
            assert post(user, verb, hint, finding="fine").status_code == 404


def test_the_records_of_other_teachers_with_the_photo_lie_beside_it(
    get, settings, tmp_path, leader, head, programme, school_class
):  # fmt: skip
    settings.MEDIA_ROOT = tmp_path / "media"
    programme.config = {**programme.config, "visit": ASKED["visit"]}
    programme.save()
    programme = Programme.objects.get(pk=programme.pk)
    students = pupils(school_class, 4)
    facts = {"records": 4, "pupils": 4}
    hint = one_photo(head, programme, students, state=HintState.ANSWERED, facts=facts)
    colleague = make_class_head(make_class(school_class.school, number=7), name="罗一鸣")
    visit = add_call(programme, students[3], colleague, "2022-09-12 19:00")
    photo = on_record(visit, data=pictures.jpeg(pictures.drawn(400, 300)))
    Media.objects.filter(pk=photo.pk).update(source_sha256=Media.objects.earliest("pk").source_sha256)
    text = get(leader, "hint", hint.pk)
    assert "别的老师的记录里也有" in text
    assert f"{colleague.name}：{students[3].name}" in text
    assert text.count("<img") == 4
    assert "别的老师的记录里也有" not in get(head, "hint", hint.pk)
