"""Pages of rounds and sheets: who opens them, what a wrong input says, what they cost."""

import uuid
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from schools.enums import Role
from schools.tests.factories import make_leader, make_officer, make_user
from works.actions.judging import close_round, save_sheet
from works.models import Judge, Round, Sheet
from works.queries.judging import neighbours
from works.tests.factories import make_round, make_work
from works.tests.judging import (
    GOOD,
    district_round,
    judges_of,
    make_judges,
    opened,
    school_round,
    score_all,
    sheets_of,
)

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"works:{name}", args=args)


@pytest.fixture
def round_(programme, school, leader):
    return school_round(programme, school, leader)


# ── Running a round ──


def test_leader_makes_a_round_and_brings_it_to_a_result(as_user, programme, school, leader, teacher):
    make_work(teacher, programme, school, state="submitted", title="阳台上的作文")
    judge = make_user(Role.TEACHER, school=school, name="白一帆")
    client = as_user(leader)
    assert "还没有办过评选" in client.get(url("rounds")).content.decode()
    made = client.post(url("round_new"), {"kind": "essay", "title": "校级征文评选", "judges_each": 1, "closes_on": "2022-09-30"})
    round_ = Round.objects.get(title="校级征文评选")
    assert made.url == url("round", round_.pk)
    assert "2022年9月30日24:00" in client.get(made.url).content.decode()
    client.post(url("round_entries", round_.pk), {"all": "1"})
    found = client.get(url("round_judges", round_.pk) + "?q=白一").content.decode()
    assert "加进来<span class=\"visually-hidden\">白一帆" in found
    client.post(url("round_judges", round_.pk), {"user": judge.pk})
    assert client.get(url("round_open", round_.pk)).status_code == 200
    assert client.post(url("round_open", round_.pk)).url == url("round", round_.pk)
    sheet = Sheet.objects.get(entry__round=round_)
    save_sheet(sheet, by=judge, scores=GOOD, comment="好")
    assert client.post(url("round_close", round_.pk)).url == url("results", round_.pk)
    page = client.get(url("results", round_.pk)).content.decode()
    assert "90.000" in page and "阳台上的作文" in page and "罗一鸣" in page
    client.post(url("round_places", round_.pk), {"places_0": "1"})
    client.post(url("round_give", round_.pk))
    assert sheet.entry.work.__class__.objects.get().school_award == "一等奖"


def test_refused_rounds_say_what_to_repair(as_user, programme, school, leader):
    client = as_user(leader)
    answer = client.post(url("round_new"), {"judges_each": "0", "closes_on": "2022-09-01"})
    text = answer.content.decode()
    assert answer.status_code == 422
    for sentence in ("还没有选评什么", "写个名称", "填1到15的整数", "这一天已经过了。今天是9月18日。"):
        assert sentence in text
    make_round(programme, by=leader, school=school, title="评选")
    answer = client.post(url("round_new"), {"kind": "essay", "title": "评选", "judges_each": 2})
    assert answer.status_code == 422 and "同名" in answer.content.decode()


def settings_of(round_, **changes):
    data = {"title": round_.title, "judges_each": 2}
    for i, one in enumerate(round_.criteria):
        data |= {f"label_{i}": one["label"], f"weight_{i}": one["weight"], f"max_{i}": one["max"], f"hint_{i}": ""}
    data |= {"tie_0": "criterion:truth", "award_0": "一等奖", "places_0": "2"}
    return data | changes


def test_settings_are_data_until_it_opens(as_user, round_, leader):
    client, address = as_user(leader), url("round_edit", round_.pk)
    assert client.get(address).status_code == 200
    data = settings_of(round_, weight_0="5", label_3="方法可学", weight_3="2", max_3="20", tie_1="spread", label_2="")
    assert client.post(address, data).status_code == 302
    round_.refresh_from_db()
    assert [(one["code"], one["weight"], one["max"]) for one in round_.criteria] == [
        ("truth", 5, 10), ("care", 4, 10), ("item1", 2, 20),
    ]  # fmt: skip
    assert (round_.ties, round_.awards) == (["criterion:truth", "spread"], [{"label": "一等奖", "places": 2}])
    opened(round_)
    assert client.get(address).status_code == client.post(address, data).status_code == 409


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"label_0": "", "label_1": "", "label_2": ""}, "至少要有一项"),
        ({"label_0": ""}, "这一项已经去掉，同分规则也要换"),
        ({"weight_0": "0"}, "填1到100的整数"),
        ({"max_0": ""}, "还没有填满分"),
        ({"label_1": "真实具体"}, "“真实具体”写了两次"),
        ({"tie_1": "criterion:truth"}, "这条规则写了两次"),
        ({"award_0": ""}, "等级的名称也要写"),
        ({"award_1": "一等奖"}, "“一等奖”写了两次"),
    ],
)
def test_wrong_settings_are_named(as_user, round_, leader, changes, sentence):
    answer = as_user(leader).post(url("round_edit", round_.pk), settings_of(round_, **changes))
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_too_few_judges_need_a_second_yes(as_user, programme, school, leader):
    round_ = school_round(programme, school, leader, judges=1, judges_each=2)
    client, address = as_user(leader), url("round_open", round_.pk)
    answer = client.post(address)
    assert answer.status_code == 422 and "最少的只有1位" in answer.content.decode()
    assert client.post(address, {"confirmed": "1"}).status_code == 302


def test_opening_without_anything_says_why(as_user, programme, school, leader):
    answer = as_user(leader).post(url("round_open", make_round(programme, by=leader, school=school).pk))
    assert answer.status_code == 409 and "先把作品加进来" in answer.content.decode()


def test_works_are_picked_and_taken_out(as_user, programme, school, leader, round_):
    work = make_work(make_user(Role.TEACHER, school=school), programme, school, state="submitted", title="后交的")
    client, address = as_user(leader), url("round_entries", round_.pk)
    assert "后交的" in client.get(address + "?show=more").content.decode()
    assert client.post(address).status_code == 422
    client.post(address, {"work": [work.pk, "x", 10**30]})
    entry = round_.entries.get(work=work)
    client.post(url("entry_remove", entry.token))
    assert client.post(url("entry_remove", entry.token)).status_code == 404
    assert round_.entries.count() == 3


def test_a_stranger_is_no_judge(as_user, round_, leader, other_school):
    outsider = make_user(Role.TEACHER, school=other_school, name="外校老师")
    client, address = as_user(leader), url("round_judges", round_.pk)
    assert "没有找到" in client.get(address + "?q=外校").content.decode()
    for value in (outsider.pk, "x", "", leader.pk):
        assert client.post(address, {"user": value}).status_code == 422


def test_judges_of_a_district_are_found_by_school_and_capped(as_user, programme, officer, school, other_school):
    make_judges(school, 25, tag="群")
    round_ = make_round(programme, by=officer)
    text = as_user(officer).get(url("round_judges", round_.pk) + "?q=晨曦").content.decode()
    assert text.count("加进来<span") == 20 and "只列前20位" in text
    assert "1990000" not in text


@pytest.mark.sqlite  # a table of rules: once is enough
@pytest.mark.parametrize("state", ["draft", "open", "closed"])
def test_state_and_role(as_user, programme, school, other_school, leader, teacher, state):
    """Leader of the school, colleague, judge, leader of another school, officer: what each is answered."""
    round_ = school_round(programme, school, leader)
    judge = judges_of(round_)[0]
    if state != "draft":
        opened(round_)
        score_all(round_)
    if state == "closed":
        close_round(round_, by=leader)
    people = {
        "leader": leader, "judge": judge, "colleague": teacher, "other": make_leader(other_school),
        "officer": make_officer(programme.authority, name="另一"),
    }  # fmt: skip
    shut = {"judge": 404 if state == "draft" else 403, "colleague": 404, "other": 404, "officer": 404}
    result = {"draft": 409, "open": 409, "closed": 200}[state]
    pages = {
        "round": {"leader": 200, **shut},
        "round_edit": {"leader": 200 if state == "draft" else 409, **shut},
        "round_judges": {"leader": 200, **shut},
        "round_entries": {"leader": 200, **shut},
        "round_open": {"leader": 200 if state == "draft" else 409, **shut},
        "round_close": {"leader": 200 if state == "open" else 409, **shut},
        "results": {"leader": result, **shut, "judge": 404 if state == "draft" else result},
        "results_xlsx": {"leader": result, **shut},
        "judging_round": dict.fromkeys(people, 404) | {"judge": 404 if state == "draft" else 200},
    }
    for name, expected in pages.items():
        got = {who: as_user(user).get(url(name, round_.pk)).status_code for who, user in people.items()}
        assert got == expected, name
    for name in ("round_delete", "round_reopen", "round_places", "round_awards", "round_give"):
        got = {who: as_user(user).post(url(name, round_.pk)).status_code for who, user in people.items() if who != "leader"}
        assert got == shut, name
    if state == "draft":
        return
    own = sheets_of(round_, judge)[0]
    own_pages = {"judge": 200, "leader": 404 if state == "open" else 403}
    for name in ("sheet", "sheet_docx"):
        got = {who: as_user(user).get(url(name, own.token)).status_code for who, user in people.items()}
        assert got == dict.fromkeys(people, 404) | own_pages, name
    entry = {who: as_user(user).get(url("entry", own.entry.token)).status_code for who, user in people.items()}
    assert entry == dict.fromkeys(people, 404) | {"leader": 200}


# ── Judging ──


@pytest.fixture
def mine(round_):
    opened(round_)
    judge = judges_of(round_)[0]
    return judge, sheets_of(round_, judge)


def points(**scores):
    return {f"score_{code}": value for code, value in scores.items()}


def test_a_judge_scores_one_after_the_other(as_user, mine, round_):
    judge, (first, second, third) = mine
    client = as_user(judge)
    assert "已评0/3" in client.get(url("judging")).content.decode()
    saved = client.post(url("sheet", first.token), points(truth="8.5", care="9", words="7") | {"comment": "朴实"})
    assert saved.url == url("sheet", second.token)
    assert "已评1/3" in client.get(saved.url).content.decode()
    client.post(url("sheet", third.token), points(**GOOD))
    last = client.post(url("sheet", second.token), points(**GOOD))
    assert last.url == url("judging_round", round_.pk)
    page = client.get(last.url).content.decode()
    assert "已评3/3" in page and "你打了84分" in page


def test_sheets_are_leafed_through_by_number(as_user, mine, django_assert_num_queries):
    """A page reads the numbers around it once; whoever has scored goes on to what is left, from the first when at the end."""
    judge, (first, second, third) = mine
    with django_assert_num_queries(1):
        assert neighbours(second) == (first.token, third.token)
    assert (neighbours(first), neighbours(third)) == ((None, second.token), (second.token, None))
    page = as_user(judge).get(url("sheet", second.token)).content.decode()
    assert f'rel="prev" href="{url("sheet", first.token)}"' in page and f'rel="next" href="{url("sheet", third.token)}"' in page
    assert as_user(judge).post(url("sheet", third.token), points(**GOOD)).url == url("sheet", first.token)
    assert as_user(judge).post(url("sheet", first.token), points(**GOOD)).url == url("sheet", second.token)


def test_wrong_points_keep_what_was_typed(as_user, mine):
    judge, (sheet, *_) = mine
    answer = as_user(judge).post(url("sheet", sheet.token), points(truth="11", care="8.3", words="") | {"comment": "写过的话"})
    text = answer.content.decode()
    assert answer.status_code == 422
    for part in ("打0到10分，可以打半分", "“表达”还没有打分", "写过的话", 'value="11"', 'value="8.3"'):
        assert part in text
    sheet.refresh_from_db()
    assert sheet.state == "dealt"


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize("points_", ["nan", "Infinity", "-0.5", "1e1", "１０", "8,5"])
def test_odd_numbers_do_not_break(as_user, mine, points_):
    judge, (sheet, *_) = mine
    answer = as_user(judge).post(url("sheet", sheet.token), points(truth=points_, care=5, words=5))
    assert answer.status_code in (302, 422)


def test_a_second_tab_sees_what_the_first_saved(as_user, mine):
    judge, (sheet, *_) = mine
    client, address = as_user(judge), url("sheet", sheet.token)
    seen = client.get(address).context["form"].initial["seen"]
    assert client.post(address, points(**GOOD) | {"seen": seen}).status_code == 302
    assert client.post(address, points(**GOOD) | {"seen": seen}).status_code == 302  # the same twice is once
    other = client.post(address, points(truth=2, care=2, words=2) | {"seen": seen})
    text = other.content.decode()
    assert other.status_code == 422 and "现在是90.000分" in text and 'value="2"' in text
    again = client.post(address, points(truth=2, care=2, words=2) | {"seen": other.context["form"].data["seen"]})
    assert again.status_code == 302
    sheet.refresh_from_db()
    assert sheet.total == 20


def test_a_judge_recuses_with_a_reason(as_user, programme, school, leader):
    round_ = opened(school_round(programme, school, leader, judges=3))
    judge = judges_of(round_)[0]
    first, *_ = sheets_of(round_, judge)
    client = as_user(judge)
    refused = client.post(url("sheet_recuse", first.token), {"reason": ""})
    assert refused.status_code == 422 and "写一句为什么回避" in refused.content.decode()
    assert client.post(url("sheet_recuse", first.token), {"reason": "认出来了"}).status_code == 302
    assert "这件你已经回避" in client.get(url("sheet", first.token)).content.decode()
    assert client.post(url("sheet", first.token), points(**GOOD)).status_code == 409
    runner = as_user(leader).get(url("round", round_.pk)).content.decode()
    assert "回避1件" in runner


def test_a_closed_round_takes_no_points(as_user, mine, round_, leader):
    judge, (sheet, *_) = mine
    score_all(round_)
    close_round(round_, by=leader)
    client = as_user(judge)
    assert "分数不能再改" in client.get(url("sheet", sheet.token)).content.decode()
    assert client.post(url("sheet", sheet.token), points(truth=1, care=1, words=1)).status_code == 409
    assert client.post(url("sheet_recuse", sheet.token), {"reason": "晚了"}).status_code == 409
    assert client.get(url("sheet", uuid.uuid4())).status_code == 404


def test_no_score_leaves_before_the_end(as_user, mine, round_, leader):
    """Not for who runs it, on any of the pages; nor for another judge."""
    judge, sheets = mine
    for sheet in sheets:
        save_sheet(sheet, by=judge, scores={"truth": 3.5, "care": 7.5, "words": 1.5}, comment="私下的话")
    entry = sheets[0].entry
    other = judges_of(round_)[1]
    total = "47"
    for user, pages in (
        (leader, [url(name, round_.pk) for name in ("round", "round_judges", "round_entries", "round_close")]
         + [url("rounds"), url("entry", entry.token)]),
        (other, [url("judging"), url("judging_round", round_.pk), *(url("sheet", s.token) for s in sheets_of(round_, other))]),
    ):  # fmt: skip
        for address in pages:
            text = as_user(user).get(address).content.decode()
            assert "私下的话" not in text and f"{total}.000" not in text and f"{total}分" not in text, address


def test_results_asked_for_before_the_end_say_so(as_user, mine, round_, leader):
    pages = [(leader, "results", "round"), (leader, "results_xlsx", "round"), (mine[0], "results", "judging_round")]
    for user, name, back in pages:
        page = as_user(user).get(url(name, round_.pk)).content.decode()
        assert "<h1>评选还没有结束</h1>" in page and "结束以后才有结果" in page and "刚刚变了" not in page
        assert f'href="{url(back, round_.pk)}">返回</a>' in page


def test_result_pages_after_the_end(as_user, mine, round_, leader):
    judge, (sheet, *_) = mine
    score_all(round_)
    close_round(round_, by=leader)
    as_judge = as_user(judge).get(url("results", round_.pk)).content.decode()
    assert "温知遥" not in as_judge and "90.000" not in as_judge and "001" in as_judge
    assert "温知遥" in as_user(leader).get(url("results", round_.pk)).content.decode()
    assert "温知遥" in as_user(leader).get(url("entry", sheet.entry.token)).content.decode()


def test_the_workbook_tells_places_as_text_cells(as_user, programme, school, leader, teacher):
    make_work(teacher, programme, school, state="submitted", title="=1+1")
    round_ = opened(school_round(programme, school, leader, works=1))
    score_all(round_)
    close_round(round_, by=leader)
    answer = as_user(leader).get(url("results_xlsx", round_.pk))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[2] == ("名次", "编号", "题目", "作者", "学校", "得分", "真实具体", "师爱和办法", "表达", "评委数", "等级")
    assert {row[2] for row in rows[3:5]} == {"=1+1", "阳台上的第0行"}
    assert rows[3][5:10] == ("90.000", "9.000", "9.000", "9.000", 2)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_refused_awards_are_told_by_number(as_user, programme, officer):
    round_ = opened(district_round(programme, officer, works_each=1))
    score_all(round_)
    close_round(round_, by=officer)
    entry = round_.entries.first()
    client = as_user(officer)
    client.post(url("round_awards", round_.pk), {f"award-{entry.pk}": "一等奖", "award-x": "一等奖", "page": "1"})
    assert client.post(url("round_awards", round_.pk), {f"award-{entry.pk}": "特等奖"}).status_code == 422
    client.post(url("round_give", round_.pk))
    text = client.get(url("results", round_.pk)).content.decode()
    assert f"第{entry.number:03d}号没有写入" in text


# ── What they cost ──


@pytest.mark.parametrize("works", (1, 3))
def test_lists_cost_the_same_for_any_number(as_user, programme, school, leader, works, django_assert_num_queries):
    round_ = opened(school_round(programme, school, leader, works=works))
    judge = judges_of(round_)[0]
    score_all(round_)
    sheet = sheets_of(round_, judge)[0]
    counts = {"rounds": (leader, [], 9), "round": (leader, [round_.pk], 10), "round_entries": (leader, [round_.pk], 9)}
    counts |= {"judging": (judge, [], 6), "judging_round": (judge, [round_.pk], 11), "sheet": (judge, [sheet.token], 7)}
    _count(as_user, counts, django_assert_num_queries)
    close_round(round_, by=leader)
    _count(as_user, {"results": (leader, [round_.pk], 10)}, django_assert_num_queries)
    _count(as_user, {"results": (judge, [round_.pk], 8)}, django_assert_num_queries)


def _count(as_user, pages, django_assert_num_queries):
    for name, (user, args, count) in pages.items():
        client = as_user(user)
        client.get(url("judging"))
        with django_assert_num_queries(count):
            client.get(url(name, *args))


def test_lists_are_paged(as_user, programme, school, leader):
    round_ = opened(school_round(programme, school, leader, works=55))
    score_all(round_)
    close_round(round_, by=leader)
    for name, user in (("results", leader), ("round_entries", leader), ("judging_round", judges_of(round_)[0])):
        page = as_user(user).get(url(name, round_.pk) + "?page=2").content.decode()
        assert "第51–55件，共55件" in page, name


def test_judges_progress_has_no_names_for_judges(as_user, mine, round_):
    judge, _ = mine
    other = judges_of(round_)[1]
    text = as_user(judge).get(url("judging_round", round_.pk)).content.decode()
    assert "评委1 0/3" in text and other.name not in text


def test_a_removed_judge_sees_nothing_more(as_user, mine, round_, leader):
    judge, (sheet, *_) = mine
    client = as_user(leader)
    client.post(url("judge_remove", Judge.objects.get(round=round_, user=judge).pk))
    client = as_user(judge)
    assert client.get(url("sheet", sheet.token)).status_code == 404
    assert client.get(url("judging_round", round_.pk)).status_code == 404
