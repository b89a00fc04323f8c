"""Works as the school's office reads them: lists, what waits, whose turn it is, what to look at twice."""

from dataclasses import dataclass

from django.db.models import Count, F, Prefetch

from core.clock import now
from schools.actions.decide import UNDO
from schools.enums import Role
from schools.models import Decision, Post, User
from visits.enums import COUNTED_STATES, VisitState
from visits.models import VisitStudent
from works.enums import AT_DISTRICT_STATES, STANDING_STATES, Side, WorkState, side_label
from works.models import Work
from works.queries.alias import names_in
from works.queries.quota import rule_of
from works.queries.upper import upper_words

S = WorkState
# What the school reads: handed in and not taken back; a returned one as it was handed in.
SHOWN_STATES = (*STANDING_STATES, S.RETURNED)
# code → (label, states); the code stands in the address.
FILTERS = {
    "waiting": ("待审", (S.SUBMITTED,)),
    "approved": ("已推荐", (S.APPROVED,)),
    "filed": ("已报区", AT_DISTRICT_STATES),
    "returned": ("退回修改", (S.RETURNED,)),
    "all": ("全部", SHOWN_STATES),
}


def office_works(user):
    """Works the user reads as the school's office, by whatever programme."""
    rows = Work.objects.visible_to(user).filter(school_id__in=user.reach.whole_schools)
    return rows.filter(state__in=SHOWN_STATES, submitted_at__isnull=False)


def works_of(user, programme, school):
    return office_works(user).filter(programme=programme, school=school)


def counted(rows):
    """{(kind, state): how many}. One query."""
    found = rows.order_by().values_list("kind", "state").annotate(number=Count("pk"))
    return {(kind, state): number for kind, state, number in found}


def filtered(rows, *, kind="", which="all"):
    """In the order they are worked on: what waits oldest first, what is recommended in the school's order."""
    rows = rows.filter(state__in=FILTERS[which][1])
    if kind:
        rows = rows.filter(kind=kind)
    if which == "waiting":
        return rows.order_by("submitted_at", "pk")
    if which == "approved":
        return rows.order_by("kind", F("school_order").asc(nulls_last=True), "approved_at", "pk")
    return rows.order_by("-submitted_at", "-pk")


def with_visit(rows):
    """Everything a row or a paper shows: people, the visit, its classes and visitors. Two queries more."""
    pupils = VisitStudent.objects.select_related("student", "school_class__school").order_by("pk")
    return rows.select_related("author", "honoree", "visit__lead", "school").prefetch_related(
        Prefetch("visit__visit_students", pupils), "visit__visitors"
    )


def in_order(programme, school, kind):
    """Recommended and not yet sent, in the school's order."""
    rows = Work.objects.filter(programme=programme, school=school, kind=kind, state=S.APPROVED)
    return rows.order_by(F("school_order").asc(nulls_last=True), "approved_at", "pk")


def next_waiting(user, programme, school, kind=""):
    """The one to read next; None when nothing waits."""
    return filtered(works_of(user, programme, school), kind=kind, which="waiting").exclude(author=user).first()


def school_words(work, programme):
    """The state as the school says it; a kind whose way ends at school is not “to be filed”; what has gone on from the
    district says how far."""
    if words := upper_words(work):
        return words
    rule = rule_of(programme, work.kind)
    if work.state == S.APPROVED and not (rule and rule.goes_up):
        return "学校已推荐"
    return side_label(work.state, Side.SCHOOL)


def needs_truth(programme, kind):
    """Author and approver each say that it is true (S60); always so for a story."""
    rule = rule_of(programme, kind)
    return kind == "story" or bool(rule and rule.truth_statement)


# ── The visit it tells of ──


def hangs_on_visit(programme, kind):
    rule = rule_of(programme, kind)
    return kind == "story" or bool(rule and rule.hangs_on_visit)


def visit_problem(work):
    """Why the work cannot be recommended or sent: it must tell of a real, recorded visit. "" when all is well."""
    if not hangs_on_visit(work.programme, work.kind):
        return ""
    if work.visit is None:
        return "没有关联家访。退回给作者，选好是哪一次家访再交。"
    if work.visit.state == VisitState.VOIDED:
        return "关联的家访已经作废。退回给作者，换一次真实的家访再写。"
    if work.visit.state not in COUNTED_STATES:
        return "关联的家访还没有记录。让老师先交家访记录。"
    return ""


def visit_doubts(work):
    """What to ask about before recommending; none of it forbids anything."""
    visit = work.visit
    if visit is None or visit.state not in COUNTED_STATES:
        return []
    doubts = []
    if visit.is_returned:
        doubts.append("家访记录退回修改中，等老师改好再看。")
    if visit.visited_on and not work.programme.counts_on(visit.visited_on):
        doubts.append("走访日期不在这次活动的时间里。")
    if work.honoree_id is None and work.author_id not in {row.user_id for row in visit.visitors.all()}:
        doubts.append("作者不在这次家访的老师名单里。")
    return doubts


def classes_of(work, year):
    """五（3）班, of the visited pupils of this school."""
    if work.visit is None:
        return ""
    rows = [row.school_class for row in work.visit.visit_students.all() if row.school_class]
    return "、".join(dict.fromkeys(row.label(year) for row in rows if row.school_id == work.school_id))


def named_in(work, text):
    """[(real name, what the district reads instead)] of the pupils and parents named in the text. Three queries."""
    found, rest = [], text
    for name, alias in sorted(names_in(work, text).items(), key=lambda pair: -len(pair[0])):
        if name in rest:
            found.append((name, alias))
            rest = rest.replace(name, "\n")
    return found


# ── People ──


def office(school_id):
    """Ids of the leaders and administrators of the school today."""
    return offices([school_id]).get(school_id, [])


def offices(school_ids):
    """{school id: ids of its leaders and administrators today}. One query."""
    posts = Post.objects.active().filter(school_id__in=school_ids, role__in=[Role.SCHOOL_LEADER, Role.SCHOOL_ADMIN])
    found = {}
    for school_id, user_id in posts.order_by("user_id").values_list("school_id", "user_id").distinct():
        found.setdefault(school_id, []).append(user_id)
    return found


def who_may_approve(work):
    """Leaders of the school today who neither wrote the work nor are told of in it."""
    posts = Post.objects.active().filter(school_id=work.school_id, role=Role.SCHOOL_LEADER)
    people = User.objects.filter(is_active=True, pk__in=posts.values("user_id"))
    return list(people.exclude(pk__in=[work.author_id, work.honoree_id or 0]).order_by("name"))


# ── What was just decided ──


@dataclass(frozen=True)
class Fresh:
    """A decision that may still be undone."""

    work: Work
    said: str


def just_decided(user):
    """What this person decided for the school in the last ten seconds; None otherwise. Two queries at most."""
    since = now() - UNDO
    rows = Decision.objects.standing().filter(
        by=user, level="school", about_type=Work._meta.label_lower, at__gt=since, verb__in=["approve", "return_to_author"]
    )
    decision = rows.order_by("-id").first()
    work = decision and Work.objects.visible_to(user).filter(pk=decision.about_id, state=decision.became).first()
    if not work:
        return None
    return Fresh(work, "推荐了" if decision.verb == "approve" else "退回了")
