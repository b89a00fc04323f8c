"""催办: the desk asks schools for what is missing; each school once a day, in the words of its own register."""

from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse

from core.access import authorize
from core.audit import record
from core.clock import now, today
from core.formats import day, thousands
from core.states import WrongState
from programmes.config.days import last_day_before
from programmes.models import Programme
from programmes.queries.current import address_for
from reports.models import Nudge
from reports.queries.submissions import register
from schools.actions.message import tell
from schools.enums import Role
from schools.models import Post, School
from visits.queries.coverage import coverage
from visits.queries.forecast import coverage_day

TEXT = Nudge._meta.get_field("text").max_length
WORDS = 120  # of the desk's own
DONE_TODAY, NOTHING, NOBODY = "今天已经催过", "没有欠交的，不用催", "学校还没有校长或管理员账号"


@dataclass
class Nudged:
    """done: schools told; people: how many persons; refused: {reason: [short name]}."""

    done: int = 0
    people: int = 0
    refused: dict = field(default_factory=dict)

    def refuse(self, why, school):
        self.refused.setdefault(why, []).append(school.short_name)


def missing_words(lines, waiting, last_day):
    """还有12人没走访（9月30日截止），缺活动报告（10月8日截止）; "" when nothing is missing.

    lines: Lines of reports.queries.submissions of one school; waiting: pupils not reached who have not declined.
    """
    parts = [f"还有{thousands(waiting)}人没走访（{day(last_day)}截止）"] if waiting else []
    owed = [line for line in lines if line.is_owed]
    by_day = {}
    for line in owed:
        by_day.setdefault(line.deadline, []).append(f"{line.label}（退回待改）" if line.state == "returned" else line.label)
    for deadline, labels in by_day.items():
        until = f"（{day(last_day_before(deadline))}截止）" if deadline else ""
        parts.append(f"缺{'、'.join(labels)}{until}")
    return "，".join(parts)


def nudge(programme, school_ids, *, by, words=""):
    """Tell the office of each school what it owes → Nudged. A school that was asked today, or owes nothing, is left out.

    words: of the desk's own, put after what is missing, at most WORDS characters. A number of queries that does not
    depend on the schools. Raises WrongState with a sentence.
    """
    authorize(by, "reports.view_desk", programme)
    words = " ".join((words or "").split())
    if len(words) > WORDS:
        raise WrongState(f"附言最多{WORDS}字，现在{len(words)}字。")
    with transaction.atomic():
        # Two officers who press at once: the second finds what the first has written.
        Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)
        schools = list(School.objects.visible_to(by).filter(authority=programme.authority_id, pk__in=school_ids).order_by("code"))
        outcome, rows, notices = Nudged(), [], []
        texts, offices = _texts(programme, schools, by, words), _offices(schools)
        asked = set(Nudge.objects.filter(programme=programme, on=today()).values_list("school_id", flat=True))
        for school in schools:
            people = offices.get(school.pk, [])
            why = _refusal(school.pk in asked, texts.get(school.pk), people)
            if why:
                outcome.refuse(why, school)
                continue
            rows.append(
                Nudge(
                    programme=programme, authority_id=school.authority_id, school=school, on=today(), text=texts[school.pk],
                    told=len(people), by=by, at=now(),
                )
            )  # fmt: skip
            notices.append((people, texts[school.pk], reverse("visits:school", args=[school.pk])))
            outcome.done += 1
            outcome.people += len(people)
        Nudge.objects.bulk_create(rows)
        for people, text, url in notices:
            tell(people, text, url=address_for(url, programme))
        if rows:
            record(programme, "desk.nudge", by=by, schools=len(rows), people=outcome.people, words=words)
    return outcome


def preview(programme, school_ids, *, by, words=""):
    """[(School, text or "", why it is left out or "")] as nudge() would do it now."""
    schools = list(School.objects.visible_to(by).filter(authority=programme.authority_id, pk__in=school_ids).order_by("code"))
    texts, offices = _texts(programme, schools, by, words), _offices(schools)
    asked = set(Nudge.objects.filter(programme=programme, on=today()).values_list("school_id", flat=True))
    return [(s, texts.get(s.pk, ""), _refusal(s.pk in asked, texts.get(s.pk), offices.get(s.pk, []))) for s in schools]


def _refusal(is_asked, text, people):
    if is_asked:
        return DONE_TODAY
    if not text:
        return NOTHING
    return "" if people else NOBODY


def _texts(programme, schools, by, words):
    """{school id: text} of schools that owe something."""
    ids = [school.pk for school in schools]
    lines = register(programme, school_ids=ids)
    # As the school's own reminders count: whose family declined is not asked for again.
    waiting = {figure.place_id: figure.all.waiting - figure.all.declined for figure in coverage(programme, user=by, by="school")}
    last_day, texts = coverage_day(programme), {}
    for pk in ids:
        missing = missing_words(lines.get(pk, {}).values(), waiting.get(pk, 0), last_day)
        if missing:
            texts[pk] = f"{programme.short_title}：{missing}。{words}"[:TEXT]
    return texts


def _offices(schools):
    """{school id: [user id]} of leaders and administrators today."""
    posts = Post.objects.active().filter(school__in=schools, role__in=[Role.SCHOOL_LEADER, Role.SCHOOL_ADMIN])
    offices = {}
    for school_id, user_id in posts.filter(user__is_active=True).values_list("school_id", "user_id").distinct():
        offices.setdefault(school_id, []).append(user_id)
    return offices
