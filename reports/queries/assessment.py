"""What a statement tells of a teacher's visits: facts under rules.assessment, counted here and nowhere else.

No points and no order. Nothing reads how long a text is, how many photos there are or how often something was
written down (教师厅〔2025〕2号: paperwork weighs nothing); a test changes them and finds the same facts.

`opinions` (answered on time) joins with care/: write a builder beside the others and name it in BUILDERS. Until then
a notice may list it and the statement leaves it out.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median_low

from django.db.models import Exists, OuterRef, Q

from core.clock import today
from programmes.queries.ready import signatures, trainings, visitors
from schools.enums import Role
from schools.models import Post
from students.models import Assignment, CategoryMark, ChangeEvent
from visits.enums import COUNTED_STATES, Outcome, Priority, Promiser
from visits.models import Due, Promise, Visit, VisitStudent, VisitVisitor
from works.enums import RECOMMENDED_STATES, STANDING_STATES, WorkKind, WorkState
from works.models import Work

YES, NO = "是", "否"
OF_WORK = ("author_id", "honoree_id", "kind", "state", "school_award", "award", "upper_award")
AWARDED = (WorkState.AWARDED, WorkState.PUBLISHED)
RULES = {
    "participation": "去过至少一次计入的走访，就是参加了。主访、同行一样算。",
    "families": "计入的走访到过的家庭，兄弟姐妹算一户，去几次都是一户。"
    "负责的学生是本班学生和分给本人的学生，谁走访到的都算走到了。",
    "priority_first": "负责的重点学生走到了几位；其中首次走访不晚于其他学生走到一半的那一天，算先走访。",
    "follow_ups": "主访时和家长说好要回访、日子已经到了的，后来又去过或者另记了一次，算已回访。",
    "promises": "只看老师自己答应的事，按下次走访时记下的结果。家里没做到的不算在老师头上。",
    "training": "参加过本次活动的走访培训。",
    "conduct": "签过现行版本的走访守则。",
    "works": "交给学校的作品、学校推荐的、得到表彰的，各有几篇。不看长短。",
    "honours": "校级、区级、市级给出的等级和先进教师的推荐。",
}


@dataclass(frozen=True)
class Trip:
    """A pupil reached on a counted visit of this teacher."""

    role: str
    visit_id: int
    student_id: int
    home: object


@dataclass
class Material:
    """Everything the facts of one school's teachers are counted from, by teacher id."""

    trips: dict = field(default_factory=lambda: defaultdict(list))
    own: dict = field(default_factory=lambda: defaultdict(set))  # pupils the teacher answers for
    due: dict = field(default_factory=dict)  # student id: (is priority for everybody who knows the pupil, reached on)
    secret: set = field(default_factory=set)  # pupils whose rank only the class head may know
    headed: dict = field(default_factory=lambda: defaultdict(set))  # pupils of the teacher's own class
    follow_ups: dict = field(default_factory=lambda: defaultdict(list))  # [was done]
    promises: dict = field(default_factory=lambda: defaultdict(list))  # [outcome]
    trained: set = field(default_factory=set)
    signed: set = field(default_factory=set)
    works: dict = field(default_factory=lambda: defaultdict(list))
    deeds: dict = field(default_factory=lambda: defaultdict(list))


def teachers_of(programme, school):
    """Whom a statement is made for: everybody of the school with a visiting post, and who made a counted visit."""
    went = VisitVisitor.objects.filter(
        visit__programme=programme, visit__school=school, visit__visit_students__counted=True, denied_at=None
    ).values("user_id")
    staff = Post.objects.active().filter(Q(school=school) | Q(school_class__school=school)).values("user_id")
    return visitors(school, went).filter(pk__in=staff)


def facts_of(programme, school, teacher_ids):
    """{teacher id: [{"code", "label", "value", "of", "unit"}]} in the order of the rule. The same number of queries for
    one teacher and for a hundred."""
    material = gather(programme, school, teacher_ids)
    builders = [BUILDERS[item] for item in programme.rules.assessment.items if item in BUILDERS]
    return {pk: [fact for build in builders for fact in build(programme, material, pk)] for pk in teacher_ids}


def rules_of(programme):
    """[(label, sentence)]: how each item of the notice is counted, for the page and the paper."""
    return [RULES[item] for item in programme.rules.assessment.items if item in RULES]


def gather(programme, school, teacher_ids):
    ids = list(teacher_ids)
    material = Material()
    _trips(material, programme, school, ids)
    _pupils(material, programme, school, ids)
    _kept(material, programme, school, ids)
    material.trained = set(trainings(programme).filter(user__in=ids).values_list("user_id", flat=True))
    material.signed = set(signatures(programme).filter(user__in=ids).values_list("user_id", flat=True))
    works = Work.objects.filter(
        Q(author__in=ids) | Q(honoree__in=ids), programme=programme, school=school, state__in=STANDING_STATES
    )
    for work in works.only(*OF_WORK).order_by("kind", "pk"):
        material.works[work.author_id].append(work)
        if work.kind == WorkKind.DEEDS:
            material.deeds[work.honoree_id or work.author_id].append(work)
    return material


def _trips(material, programme, school, ids):
    rows = VisitVisitor.objects.filter(
        user__in=ids, denied_at=None, visit__programme=programme, visit__school=school, visit__visit_students__counted=True
    )
    students = "visit__visit_students__student"
    for user_id, role, visit_id, student_id, household_id in rows.values_list(
        "user_id", "role", "visit_id", f"{students}_id", f"{students}__household_id"
    ):
        home = household_id or f"pupil {student_id}"
        material.trips[user_id].append(Trip(role, visit_id, student_id, home))


def _pupils(material, programme, school, ids):
    """Whom each teacher answers for, who of them goes first, and when each was reached."""
    heads = Post.objects.active().filter(role=Role.CLASS_HEAD, school_class__school=school, user__in=ids)
    heads = list(heads.values_list("user_id", "school_class_id"))
    assigned = Assignment.objects.filter(programme=programme, school=school, visitor__in=ids)
    for user_id, student_id, ended_at in assigned.values_list("visitor_id", "student_id", "ended_at"):
        went = {trip.student_id for trip in material.trips[user_id]}
        if ended_at is None or student_id in went:  # taken back without a visit: no longer the teacher's
            material.own[user_id].add(student_id)
    changed = ChangeEvent.objects.filter(
        Q(answered_at=None) | Q(answered_on__gte=programme.starts_on), student__school=school, occurred_on__lte=today()
    )  # fmt: skip
    changed = set(changed.values_list("student_id", flat=True))
    marked = CategoryMark.objects.in_force(today()).filter(
        student__school=school, category__restricted=False, category__uses__programme=programme,
        category__uses__priority=True,
    )  # fmt: skip
    known = changed | set(marked.values_list("student_id", flat=True))
    by_class = defaultdict(set)
    rows = Due.objects.filter(programme=programme, school=school, in_scope=True)
    for student_id, class_id, rank, first_on in rows.values_list("student_id", "school_class_id", "priority", "first_on"):
        by_class[class_id].add(student_id)
        is_first = rank <= Priority.SECOND or student_id in changed
        material.due[student_id] = (is_first, first_on)
        if is_first and student_id not in known:
            material.secret.add(student_id)
    for user_id, class_id in heads:
        material.own[user_id] |= by_class[class_id]
        material.headed[user_id] |= by_class[class_id]


def _kept(material, programme, school, ids):
    """Follow-ups whose day has come, and what the teacher promised."""
    again = Visit.objects.filter(follows=OuterRef("pk"), state__in=COUNTED_STATES)
    later = VisitStudent.objects.filter(
        student__visit_students__visit=OuterRef("pk"), visit__state__in=COUNTED_STATES,
        visited_on__gt=OuterRef("visited_on"),
    )  # fmt: skip
    asked = Visit.objects.filter(
        programme=programme, school=school, lead__in=ids, state__in=COUNTED_STATES, follow_up_on__isnull=False
    ).annotate(done=Exists(again) | Exists(later))
    for user_id, day, done in asked.values_list("lead_id", "follow_up_on", "done"):
        if done or day <= today():
            material.follow_ups[user_id].append(done)
    promised = Promise.objects.filter(
        visit__programme=programme, visit__school=school, visit__lead__in=ids, visit__state__in=COUNTED_STATES,
        who=Promiser.TEACHER,
    ).exclude(outcome="")  # fmt: skip
    for user_id, outcome in promised.values_list("visit__lead_id", "outcome"):
        material.promises[user_id].append(outcome)


# ── One builder an item: (programme, material, teacher id) → facts ──


def _fact(code, label, value, of=None, unit=""):
    return {"code": code, "label": label, "value": value, "of": of, "unit": unit}


def _participation(programme, material, pk):
    return [_fact("participation", "参加走访", YES if material.trips[pk] else NO)]


def _families(programme, material, pk):
    trips, own = material.trips[pk], _due(material, pk)
    homes = {trip.home for trip in trips}
    led = {trip.home for trip in trips if trip.role == "lead"}
    facts = [_fact("families", "走访到的家庭", len(homes), unit="户"), _fact("families_led", "其中主访", len(led), unit="户")]
    if own:
        reached = [student for student in own if material.due[student][1]]
        facts.append(_fact("reached", "负责的学生，走访到的", len(reached), len(own), "人"))
    return facts


def _priority_first(programme, material, pk):
    own = _due(material, pk)
    first = {student for student in own if is_priority(material, pk, student)}
    if not first:
        return []
    reached = [material.due[student][1] for student in first if material.due[student][1]]
    facts = [_fact("priority", "重点学生，走访到的", len(reached), len(first), "人")]
    others = [material.due[student][1] for student in own - first if material.due[student][1]]
    if reached and others:
        half = median_low(others)
        facts.append(_fact("priority_before", "其中先于其他学生", sum(day <= half for day in reached), len(reached), "人"))
    return facts


def _follow_ups(programme, material, pk):
    asked = material.follow_ups[pk]
    return [_fact("follow_ups", "到期的回访，去了的", sum(asked), len(asked), "次")] if asked else []


def _promises(programme, material, pk):
    told = material.promises[pk]
    return [_fact("promises", "老师的约定，坚持了的", told.count(Outcome.KEPT), len(told), "条")] if told else []


def _training(programme, material, pk):
    if not programme.rules.training.required and pk not in material.trained:
        return []
    return [_fact("training", "参加走访培训", YES if pk in material.trained else NO)]


def _conduct(programme, material, pk):
    if not programme.rules.conduct.rules:
        return []
    return [_fact("conduct", "签署走访守则", YES if pk in material.signed else NO)]


def _works(programme, material, pk):
    works = material.works[pk]
    if not works:
        return []
    recommended = sum(work.state in RECOMMENDED_STATES for work in works)
    awarded = sum(bool(work.school_award or work.state in AWARDED or work.upper_award) for work in works)
    return [
        _fact("works", "交给学校的作品", len(works), unit="篇"),
        _fact("works_recommended", "学校推荐的", recommended, unit="篇"),
        _fact("works_awarded", "得到表彰的", awarded, unit="篇"),
    ]


def _honours(programme, material, pk):
    words = [word for work in material.works[pk] if work.kind != WorkKind.DEEDS for word in _awards(programme, work)]
    for work in material.deeds[pk]:
        if work.state in RECOMMENDED_STATES:
            words += _awards(programme, work) or ["学校推荐为先进教师"]
    return [_fact("honours", "荣誉", "；".join(dict.fromkeys(words)))] if words else []


def _awards(programme, work):
    """校级一等奖（感人故事）, 区级…, 市级…"""
    label = next((one.label for one in programme.rules.works if one.code == work.kind), work.get_kind_display())
    words = [f"校级{work.school_award}（{label}）"] if work.school_award else []
    words += [f"区级{work.award}（{label}）"] if work.state in AWARDED else []
    return words + ([f"市级{work.upper_award}（{label}）"] if work.upper_award else [])


def _due(material, pk):
    return {student for student in material.own[pk] if student in material.due}


def is_priority(material, pk, student_id):
    """As far as this teacher may know it: a rank that comes from a restricted mark is the class head's."""
    hidden = student_id in material.secret and student_id not in material.headed[pk]
    return material.due[student_id][0] and not hidden


BUILDERS = {
    "participation": _participation,
    "families": _families,
    "priority_first": _priority_first,
    "follow_ups": _follow_ups,
    "promises": _promises,
    "training": _training,
    "conduct": _conduct,
    "works": _works,
    "honours": _honours,
}
