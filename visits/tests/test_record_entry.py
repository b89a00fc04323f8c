"""What a record keeps beside its five texts: promises, help, materials, what was seen, words on each child, what comes next."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from core.states import WrongState
from programmes.actions.load import load_programme
from programmes.config.notice import read_notice
from programmes.models import ConductSignature, Event
from programmes.tests.factories import CONFIG, make_programme
from programmes.tests.test_notices import DATA
from schools.tests.factories import make_class, make_class_head, make_school
from students.actions.assign import assign
from students.models import Assignment, Household
from students.tests.factories import make_change, make_mentor, make_student
from visits.actions.appointment import arrive, cancel, plan_visit
from visits.actions.register import check, open_register
from visits.actions.review import return_visit, void_visit
from visits.actions.visit import correct_visit, submit_visit
from visits.models import Promise, Visit, VisitStudent, VisitVisitor
from visits.queries.family import follow_up_due, open_promises
from visits.tests.factories import TEXTS, at, entry, make_visit
from visits.tests.test_visit_actions import reached, refusal

CHECKLIST = [{"code": "four", "label": "四进家庭", "items": [{"code": "policy", "label": "教育政策"}]}]
RICH = {
    **CONFIG,
    "record": {**CONFIG["record"], "observations": [{"code": "desk", "label": "学习环境"}]},
    "checklist": CHECKLIST,
    "materials": [{"code": "letter", "label": "致家长的一封信"}],
}
PROMISE = {"who": "family", "text": "每晚八点开始写作业", "due_on": date(2022, 10, 2)}
HELP = {"kind": "资助", "text": "书费", "amount": Decimal("120.50")}


@pytest.fixture
def programme(db, clock):
    return make_programme(config=RICH)


def notice(name):
    """A notice as its file says, with its time: (programme, class head, pupil)."""
    programme = load_programme(read_notice(DATA / f"{name}.toml")).programme
    programme.state = "open"
    programme.save()
    school_class = make_class(make_school(programme.authority), school_year=programme.school_year)
    return programme, make_class_head(school_class), make_student(school_class, starts_on=programme.starts_on)


# ── Lines ──


def test_a_record_keeps_its_lines(programme, head, student):
    visit = make_visit(
        student, by=head, programme=programme, promises=[PROMISE], help_given=[HELP], materials=["letter"],
        observations={"desk": "客厅电视旁边"}, notes=[{"student": student.pk, "strengths": "会修自行车", "text": ""}],
        follow_up_on=date(2022, 10, 16), follow_up_note="看作业", preparation="先说优点",
    )  # fmt: skip

    visit.refresh_from_db()
    assert list(visit.promises.values_list("position", "who", "text", "due_on", "outcome", "school")) == [
        (1, "family", "每晚八点开始写作业", date(2022, 10, 2), "", visit.school_id)
    ]
    assert list(visit.help_given.values_list("kind", "text", "amount")) == [("资助", "书费", Decimal("120.50"))]
    assert list(visit.notes.values_list("student", "strengths", "school")) == [(student.pk, "会修自行车", visit.school_id)]
    assert (visit.materials, visit.observations, visit.preparation) == (["letter"], {"desk": "客厅电视旁边"}, "先说优点")
    assert (visit.follow_up_on, visit.follow_up_note, visit.late_reason) == (date(2022, 10, 16), "看作业", "")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"promises": [{**PROMISE, "text": "长" * 201}]}, {"promises": "“约定”最多200字，现在201字。"}),
        ({"promises": [{**PROMISE, "who": "neighbour"}]}, {"promises": "约定要写清谁来做、做什么。"}),
        (
            {"promises": [{**PROMISE, "due_on": date(2022, 9, 17)}]},
            {"promises": "约定看结果的日子9月17日已经过了，选今天以后的。"},
        ),
        ({"promises": [PROMISE] * 11}, {"promises": "一次最多记10条约定。"}),
        (
            {"promises": [{**PROMISE, "text": "证件31011320110101123X"}]},
            {"promises": "“约定”里像是有身份证号，请删去。系统不存证件号。"},
        ),
        ({"help_given": [{**HELP, "kind": "午饭"}]}, {"help_given": "有一笔帮助没有选是哪一种。"}),
        ({"help_given": [{**HELP, "amount": Decimal(0)}]}, {"help_given": "金额写大于0的数，最多两位小数；没有就空着。"}),
        (
            {"help_given": [{**HELP, "amount": Decimal("1.005")}]},
            {"help_given": "金额写大于0的数，最多两位小数；没有就空着。"},
        ),
        ({"materials": ["gold"]}, {"materials": "有一样材料不在本次活动里，请重新勾选。"}),
        ({"observations": {"cellar": "暗"}}, {"observations": "有一项观察不在本次活动里，去掉再提交。"}),
        (
            {"observations": {"desk": "31011320110101123X"}},
            {"observed_desk": "“学习环境”里像是有身份证号，请删去。系统不存证件号。"},
        ),
        ({"follow_up_on": date(2022, 9, 18)}, {"follow_up_on": "回访选今天以后的日子。"}),
        ({"follow_up_on": date(2023, 12, 1)}, {"follow_up_on": "回访的日子太远了，看看年份对不对。"}),
        ({"follow_up_note": "看作业"}, {"follow_up_on": "写了回访看什么，再选一个日子。"}),
        ({"outcomes": {1: "forgotten"}}, {"outcomes": "上次约定的结果选一个：坚持了、断断续续、没做。"}),
        ({"preparation": "31011320110101123X"}, {"preparation": "“备课”里像是有身份证号，请删去。系统不存证件号。"}),
    ],
)
def test_lines_say_what_to_repair(programme, head, student, fields, expected):
    assert refusal(by=head, programme=programme, students=[student], **entry(**fields)) == expected
    assert Visit.objects.count() == 0


def test_a_corrected_line_stays_the_row_it_was(programme, head, leader, student):
    visit = make_visit(student, by=head, programme=programme, promises=[PROMISE, {**PROMISE, "text": "早睡"}], help_given=[HELP])
    first, second = visit.promises.values_list("pk", flat=True)
    return_visit(visit, by=leader, reason="写清楚")
    correct_visit(
        visit, by=head, students=[student],
        **entry(promises=[{**PROMISE, "text": "每晚七点半写作业"}], help_given=[HELP, {"kind": "物品", "text": "台灯"}]),
    )  # fmt: skip

    assert list(visit.promises.values_list("pk", "text")) == [(first, "每晚七点半写作业")]
    assert not Promise.objects.filter(pk=second).exists()
    assert list(visit.help_given.values_list("position", "kind")) == [(1, "资助"), (2, "物品")]
    assert visit.versions.get().data["promises"][0]["text"] == "每晚八点开始写作业"


# ── How earlier promises went, follow-ups ──


@pytest.mark.seed("S9", "W68")
def test_a_follow_up_is_linked_and_tells_how_promises_went(programme, head, student):
    first = make_visit(
        student, by=head, programme=programme, day="2022-09-12", promises=[PROMISE, {**PROMISE, "text": "少看手机"}],
        observations={"desk": "书桌在电视旁"}, follow_up_on=date(2022, 9, 30),
    )  # fmt: skip
    assert follow_up_due(head, [student.pk], programme) == first
    kept, other = first.promises.all()

    second = make_visit(
        student, by=head, programme=programme, day="2022-09-16", follows=first, kind="follow_up", outcomes={kept.pk: "partly"}
    )
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (second.follows, list(first.followed_by.all())) == (first, [second])
    assert (kept.outcome, kept.outcome_visit, other.outcome) == ("partly", second, "")
    assert follow_up_due(head, [student.pk], programme) is None
    assert reached(programme, student) == (2, "2022-09-12", "2022-09-16")
    assert check(programme) == []


def test_a_correction_may_change_or_take_back_what_it_told(programme, head, leader, student):
    first = make_visit(student, by=head, programme=programme, day="2022-09-12", promises=[PROMISE])
    promise = first.promises.get()
    second = make_visit(student, by=head, programme=programme, day="2022-09-16", outcomes={promise.pk: "kept"})
    for told, expected in (({promise.pk: "not_kept"}, "not_kept"), ({}, "")):
        return_visit(second, by=leader, reason=f"再看看{expected}")
        correct_visit(second, by=head, students=[student], **entry(outcomes=told))
        promise.refresh_from_db()
        assert (promise.outcome, promise.outcome_visit) == (expected, second if expected else None)


def test_what_a_voided_visit_told_of_a_promise_is_asked_again(programme, head, leader, student):
    first = make_visit(student, by=head, programme=programme, day="2022-09-12", promises=[PROMISE])
    promise = first.promises.get()
    second = make_visit(student, by=head, programme=programme, day="2022-09-16", outcomes={promise.pk: "kept"})
    assert list(open_promises(head, [student.pk])) == []
    void_visit(second, by=leader, reason="记错了人")
    assert list(open_promises(head, [student.pk])) == [promise]

    third = make_visit(student, by=head, programme=programme, day="2022-09-17", outcomes={promise.pk: "partly"})
    promise.refresh_from_db()
    assert (promise.outcome, promise.outcome_visit) == ("partly", third)


def test_only_promises_and_visits_of_this_family_are_taken_up(programme, head, student, school_class):
    neighbour = make_student(school_class)
    theirs = make_visit(neighbour, by=head, programme=programme, day="2022-09-12", promises=[PROMISE])
    foreign = make_class(make_school(programme.authority))
    far_head, far_pupil = make_class_head(foreign), make_student(foreign)
    far = make_visit(far_pupil, by=far_head, programme=programme, day="2022-09-12", promises=[PROMISE])

    for visit in (theirs, far):
        told = {visit.promises.get().pk: "kept"}
        assert refusal(by=head, programme=programme, students=[student], **entry(outcomes=told)) == {
            "outcomes": "有一条约定不是这家的，或者已经看不到了，刷新页面再填。"
        }
        assert refusal(by=head, programme=programme, students=[student], **entry(follows=visit)) == {
            "follows": "要接着的那次走访不是这家的，或者已经作废。"
        }
    assert set(Promise.objects.values_list("outcome", flat=True)) == {""}


# ── Late, assignments, the code, training ──


@pytest.mark.parametrize(("day", "late"), [("2022-09-11", False), ("2022-09-10", True)])
def test_a_record_after_seven_days_takes_one_word(programme, head, student, day, late):
    told = entry(started_at=at(f"{day} 18:30"), late_reason="")
    if late:
        assert refusal(by=head, programme=programme, students=[student], **told) == {
            "late_reason": "走访过去8天了，超过7天的选一个补记原因。"
        }
    visit = make_visit(student, by=head, programme=programme, day=day, late_reason="ill")
    assert visit.late_reason == ("ill" if late else "")


def test_an_assignment_ends_thirty_days_after_the_visit(programme, head, teacher, student, settings):
    assign(programme, [student], teacher, by=head)
    make_visit(student, by=teacher, programme=programme, day="2022-09-17")

    assert Assignment.objects.get().ended_at == at("2022-10-18 00:00")
    settings.HOMEVISIT_CLOCK = "2022-10-17T23:59+08:00"
    assert Assignment.objects.current().count() == 1
    settings.HOMEVISIT_CLOCK = "2022-10-18T00:00+08:00"
    assert Assignment.objects.current().count() == 0


def test_the_code_is_signed_with_the_first_record_only(school, head, student):
    conduct = {"title": "五要五不能", "rules": [{"kind": "do", "text": "准时"}]}
    programme = make_programme(school.authority, code="with-code", config={**CONFIG, "conduct": conduct})
    sentence = "先看一遍“五要五不能”，勾上“我已读过，会照着做”。"

    unsigned = entry(conduct_read=False)
    assert refusal(by=head, programme=programme, students=[student], **unsigned) == {"conduct_read": sentence}
    make_visit(student, by=head, programme=programme, conduct_read=True)
    make_visit(student, by=head, programme=programme, conduct_read=False, minutes=20)
    assert list(ConductSignature.objects.values_list("user", "version")) == [(head.pk, 1)]


def test_without_training_no_record_where_the_notice_says_so(school, head, student):
    training = {"required": True, "hold_back": True}
    programme = make_programme(school.authority, code="trained", config={**CONFIG, "training": training})
    sentence = "参加过家访培训才能记家访。培训安排问学校负责人。"
    assert refusal(by=head, programme=programme, students=[student], **entry()) == sentence

    event = Event.objects.create(
        programme=programme, authority=school.authority, school=school, kind="training", title="培训",
        held_on=date(2022, 9, 1), created_by=head,
    )  # fmt: skip
    event.attendances.create(school=school, user=head, marked_by=head)
    assert make_visit(student, by=head, programme=programme).state == "recorded"


def test_a_change_recorded_while_the_form_is_sent_is_answered_too(programme, head, student, monkeypatch):
    from visits.actions import visit as module

    read = module.read_family

    def read_then_change(*args, **kwargs):
        family = read(*args, **kwargs)
        make_change(student, by=head, occurred_on="2022-09-10")
        return family

    monkeypatch.setattr(module, "read_family", read_then_change)
    make_visit(student, by=head, programme=programme)
    assert not student.changes.open().exists()
    assert check(programme) == []


# ── From an appointment ──


def planned(programme, head, students, **fields):
    return plan_visit(
        by=head, programme=programme, client_uuid=uuid.uuid4(), students=students, planned_at=at("2022-09-19 18:30"),
        mode="in_person", **fields,
    )[0]  # fmt: skip


def test_an_appointment_becomes_the_record(programme, head, teacher, student, settings):
    plan = planned(programme, head, [student], others=[teacher], preparation="先说优点")
    settings.HOMEVISIT_CLOCK = "2022-09-19T20:00+08:00"
    arguments = {"by": head, "programme": programme, "client_uuid": plan.client_uuid, "students": [student], "visit": plan}
    told = entry(started_at=at("2022-09-19 18:40"), others=[teacher], promises=[PROMISE])
    first, again = submit_visit(**arguments, **told), submit_visit(**arguments, **told)

    assert (first[1], again[1], first[0].pk, again[0].pk) == (True, False, plan.pk, plan.pk)
    visit = Visit.objects.get()
    assert (visit.state, visit.preparation, visit.planned_at) == ("recorded", "先说优点", at("2022-09-19 18:30"))
    assert set(visit.visitors.values_list("user", "role")) == {(head.pk, "lead"), (teacher.pk, "other")}
    assert VisitStudent.objects.get().counted
    assert Assignment.objects.current().get().ended_at == at("2022-10-20 00:00")
    assert check(programme) == []


def test_an_appointment_is_recorded_whether_or_not_somebody_arrived(programme, head, student, settings):
    plan = planned(programme, head, [student])
    settings.HOMEVISIT_CLOCK = "2022-09-19T20:00+08:00"
    arrive(plan, by=head)
    # Sent by a page that knows only the number: an offline form, a second tab.
    told = entry(started_at=at("2022-09-19 18:40"))
    visit, created = submit_visit(by=head, programme=programme, client_uuid=plan.client_uuid, students=[student], **told)
    assert (visit.pk, created, visit.state) == (plan.pk, True, "recorded")


def test_who_was_planned_and_did_not_come_is_not_on_the_record(programme, head, teacher, school, student):
    home = Household.objects.create()
    student.household = home
    student.save()
    sister = make_student(make_class(school, grade=2), household=home)
    plan = planned(programme, head, [student, sister], others=[teacher])
    VisitVisitor.objects.filter(user=teacher).update(confirmed_at=datetime(2022, 9, 18, tzinfo=at("2022-09-18").tzinfo))
    make_mentor(sister, head)
    told = entry(others=[teacher])
    submit_visit(by=head, programme=programme, client_uuid=plan.client_uuid, students=[sister], visit=plan, **told)

    assert list(VisitStudent.objects.values_list("student", flat=True)) == [sister.pk]
    assert VisitVisitor.objects.get(user=teacher).confirmed_at is not None


def test_a_cancelled_appointment_takes_no_record(programme, head, student):
    plan = planned(programme, head, [student])
    cancel(plan, by=head, cancelled_by="family", note="")
    with pytest.raises(WrongState):
        submit_visit(by=head, programme=programme, client_uuid=plan.client_uuid, students=[student], visit=plan, **entry())


def test_an_appointment_of_somebody_else_is_not_found(programme, head, school_class, student):
    plan = planned(programme, head, [student])
    with pytest.raises(Visit.DoesNotExist):
        submit_visit(
            by=make_class_head(school_class), programme=programme, client_uuid=plan.client_uuid, students=[student],
            visit=plan, **entry(),
        )  # fmt: skip


# ── The notices' rows ──


@pytest.mark.seed("S26", "W34", "W19")
def test_every_way_of_visiting_is_recorded_and_the_notice_says_which_count(programme, head, student):
    modes = [rule.code for rule in programme.rules.visit.modes]
    for number, mode in enumerate(modes):
        make_visit(student, by=head, programme=programme, mode=mode, started_at=at(f"2022-09-1{number + 2} 18:30"))

    assert sorted(VisitStudent.objects.values_list("mode", "counted")) == sorted(
        (mode, mode in ("in_person", "nearby")) for mode in modes
    )
    assert reached(programme, student)[0] == 2


@pytest.mark.seed("W3", "W35", "W36", "W37", "W38", "W39", "W40")
def test_wujin_record_holds_five_texts_and_what_was_seen(db, settings):
    settings.HOMEVISIT_CLOCK = "2023-07-10T20:00+08:00"
    programme, head, student = notice("wujin-2023")
    assert [(field.code, field.label) for field in programme.rules.record.fields] == [
        ("cause", "家访起因"), ("process", "家访过程"), ("analysis", "情况分析"), ("measures", "措施与成效"),
        ("reflection", "家访反思"),
    ]  # fmt: skip
    seen = {item.code: f"看到的{item.label}" for item in programme.rules.record.observations}
    assert {"environment", "learning", "habits"} <= seen.keys()
    for code in TEXTS:
        told = entry(started_at=at("2023-07-09 18:30"), texts={**TEXTS, code: ""})
        assert list(refusal(by=head, programme=programme, students=[student], **told)) == [f"text_{code}"]

    visit = make_visit(student, by=head, programme=programme, day="2023-07-09", observations=seen)
    visit.refresh_from_db()
    assert {code: getattr(visit, code) for code in TEXTS} == TEXTS
    assert visit.observations == seen


@pytest.mark.seed("S34", "S38", "S39", "W4", "W11", "W12", "W13", "W14")
@pytest.mark.parametrize(
    ("name", "day", "codes"),
    [
        ("baoshan-2022", "2022-09-17", ["models_told", "traffic", "manners", "volunteering", "practice_told", "city_joined"]),
        ("wujin-2023", "2023-07-09", ["family_known", "school_told", "ways_found", "school_introduced"]),
    ],
)
def test_what_a_notice_asks_to_talk_of_is_ticked_and_counted(db, settings, client, name, day, codes):
    from visits.queries.counters import counters

    settings.HOMEVISIT_CLOCK = f"{date.fromisoformat(day) + timedelta(days=1)}T20:00+08:00"
    programme, head, student = notice(name)
    open_register(programme)
    make_visit(student, by=head, programme=programme, day=day, checklist=codes)
    found = counters(programme, student.school)

    labels = {item.code: item.label for group in programme.rules.checklist for item in group.items}
    told = {item.label: item.families for _, items in found.groups for item in items}
    assert found.families == 1
    assert {label: told[label] for label in labels.values()} == {
        label: int(code in codes) for code, label in labels.items()
    }


@pytest.mark.seed("S27", "W67")
@pytest.mark.parametrize(("name", "day"), [("baoshan-2022", "2022-09-17"), ("wujin-2023", "2023-07-09")])
def test_strengths_of_the_child_have_a_place_and_come_back_before_the_next_visit(db, settings, name, day):
    from visits.queries.brief import brief

    settings.HOMEVISIT_CLOCK = f"{date.fromisoformat(day) + timedelta(days=1)}T20:00+08:00"
    programme, head, student = notice(name)
    make_visit(
        student, by=head, programme=programme, day=day, preparation="先说运动会",
        notes=[{"student": student.pk, "strengths": "运动会报了800米", "text": ""}],
    )  # fmt: skip
    assert [fact.text for fact in brief(head, [student], programme).strengths] == ["运动会报了800米"]
    assert Visit.objects.get().preparation == "先说运动会"


def test_notes_are_for_children_of_the_own_school(programme, head, student):
    home = Household.objects.create()
    student.household = home
    student.save()
    elsewhere = make_student(make_class(make_school(programme.authority)), household=home)
    told = entry(notes=[{"student": elsewhere.pk, "strengths": "会唱歌", "text": ""}])

    with pytest.raises(ValidationError) as refused:
        submit_visit(by=head, programme=programme, client_uuid=uuid.uuid4(), students=[student, elsewhere], **told)
    assert refused.value.message_dict == {"notes": ["只能给本校的孩子单独写，去掉外校的再提交。"]}
