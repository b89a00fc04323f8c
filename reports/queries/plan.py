"""The plan of a school: what the notice says to it, what an earlier one offers, its text for reading and comparing."""

from datetime import date

from django.db.models import Count, F, FilteredRelation, Q

from core.difference import difference
from core.formats import full_day
from programmes.models import LatePass
from reports.enums import FilingState
from reports.models import SchoolPlan
from schools.models import Post, School, User

WRITABLE = (FilingState.DRAFT, FilingState.RETURNED)
AT_DISTRICT = (FilingState.FILED, FilingState.ACCEPTED)
SEATS = ("组长", "副组长", "组员")  # where the notice names none
STANDINGS = {"filed": "待审", "accepted": "已通过", "returned": "已退回", "missing": "未报"}
GROUP, TIMES = "group", "times"


# ── From the notice ──

# Which words of the notice belong to a field of the plan, told by what the field is called: (words in its label, which).
SOURCES = (
    (("领导小组", "组长", "分工"), GROUP),
    (("时间", "阶段", "步骤"), TIMES),
    (("对象", "先后", "范围"), "whom"),
    (("内容",), "contents"),
    (("形式", "方式"), "modes"),
    (("培训",), "training"),
    (("制度", "要求", "纪律", "守则"), "conduct"),
    (("总结", "激励", "表彰"), "closing"),
    (("目标", "目的"), "goal"),
)
FACTS = (GROUP, TIMES)  # what the page itself holds elsewhere: written into the field at once


def hints(programme):
    """{label of a plan field: lines of the notice that belong there}. Whom to visit first stands under the contents
    where no field asks for it. Two queries."""
    words, labels = _words(programme), programme.rules.plan_fields
    if "whom" not in map(source_of, labels):
        words["contents"] += words["whom"]
    return {label: words[source] for label in labels if (source := source_of(label)) and words[source]}


def source_of(label):
    return next((source for keys, source in SOURCES if any(key in label for key in keys)), None)


def _words(programme):
    rules, phases = programme.rules, list(programme.phases.all())
    uses = list(programme.categories.all())
    first = [use.label for use in uses if use.priority]
    counted = [mode.name for mode in rules.visit.modes if mode.counts]
    others = [mode.name for mode in rules.visit.modes if not mode.counts]
    return {
        GROUP: [f"{seat.label}：{'、'.join(seat.offices) or '由学校定'}" for seat in rules.group],
        TIMES: [f"{phase.name}：{full_day(phase.starts_on)}至{full_day(phase.ends_on)}" for phase in phases],
        "goal": [f"{full_day(programme.starts_on)}至{full_day(programme.ends_on)}，走访覆盖全部学生家庭"],
        "whom": [f"先走这些家庭：{'、'.join(first)}", "再走其他家庭，一家不漏"] if first else ["全部学生家庭，一家不漏"],
        "contents": [f"{group.label}：{'、'.join(item.label for item in group.items)}" for group in rules.checklist],
        "modes": [f"计入的方式：{'、'.join(counted)}"] + ([f"不计入、可以作补充：{'、'.join(others)}"] if others else []),
        "training": [f"走访前培训：{'、'.join(rules.training.topics)}"] if rules.training.topics else [],
        "conduct": [rule.text for rule in rules.conduct.rules],
        "closing": [*phases[-1].steps] if phases else [],
    }


def suggested(programme, school):
    """A plan before anybody wrote: title, phases with their steps, a row for each office of the leading group; the
    fields that repeat what stands elsewhere on the page. As SchoolPlan.content()."""
    said = _words(programme)
    sections = {label: "" for label in programme.rules.plan_fields}
    for label in sections:
        if source_of(label) in FACTS:
            sections[label] = "见后面的领导小组名单。" if source_of(label) == GROUP else "\n".join(said[TIMES])
    return {
        "title": f"{school.name}{programme.title}方案"[:100],
        "sections": sections,
        "phases": phase_rows(programme),
        "members": [
            {"seat": seat.label, "name": "", "office": office, "duty": "", "phases": []}
            for seat in programme.rules.group
            for office in seat.offices or [""]
        ],
    }


def phase_rows(programme, kept=()):
    """The phases of the notice, with what the school made of them; days out of the phase go back to it."""
    own = {row["code"]: row for row in kept}
    found = []
    for phase in programme.phases.all():
        row = own.get(phase.code, {})
        found.append({
            "code": phase.code,
            "name": phase.name,
            "starts_on": _day_within(row.get("starts_on"), phase, phase.starts_on),
            "ends_on": _day_within(row.get("ends_on"), phase, phase.ends_on),
            "text": row.get("text", "\n".join(phase.steps)),
        })  # fmt: skip
    return found


def _day_within(text, phase, otherwise):
    inside = text and phase.starts_on.isoformat() <= text <= phase.ends_on.isoformat()
    return text if inside else otherwise.isoformat()


# ── From an earlier plan ──


def earlier_plans(user, programme, school):
    """The school's plans under other programmes, newest first: what need not be written twice."""
    rows = SchoolPlan.objects.visible_to(user).filter(school=school).exclude(programme=programme)
    return list(rows.exclude(title="").select_related("programme").order_by("-programme__starts_on", "-pk")[:5])


def carried(plan, programme, school):
    """An earlier plan's words in this notice's frame: fields of the same name, phases of the same code or name, the
    leading group; days and title are this year's."""
    fresh = suggested(programme, school)
    old = {row["code"]: row for row in plan.phases} | {row["name"]: row for row in plan.phases}
    codes = {row["code"] for row in fresh["phases"]}
    for label, text in plan.sections.items():
        if label in fresh["sections"] and source_of(label) != TIMES:
            fresh["sections"][label] = text
    for row in fresh["phases"]:
        if match := old.get(row["code"]) or old.get(row["name"]):
            row["text"] = match["text"]
    if members := plan.content()["members"]:
        fresh["members"] = [
            {**row, "phases": [code for code in row["phases"] if code in codes]} for row in members
        ]
    return fresh


# ── Its people ──


def colleagues(school_id):
    """{name: user id} of the staff whose name no other has. One query."""
    posts = Post.objects.active().filter(Q(school=school_id) | Q(school_class__school=school_id))
    rows = User.objects.filter(is_active=True, pk__in=posts.values("user_id")).order_by("name", "pk")
    found, twice = {}, set()
    for pk, name in rows.values_list("pk", "name"):
        twice |= {name} & found.keys()
        found[name] = pk
    return {name: None if name in twice else pk for name, pk in found.items()}


def seats(programme):
    """{label: offices} of the leading group."""
    return {seat.label: seat.offices for seat in programme.rules.group} or dict.fromkeys(SEATS, ())


# ── To read and to compare ──


def readable(plan, user):
    """What this reader sees: the school's office the text as it stands, everybody else what was filed last."""
    if plan.school_id in user.reach.whole_schools or plan.state in AT_DISTRICT:
        return plan.content()
    last = plan.versions.order_by("-number").first()
    return last.data if last else {}


def is_being_changed(plan, user):
    """The reader sees an older text, and may not have this one."""
    return plan.school_id not in user.reach.whole_schools and plan.state not in AT_DISTRICT


def labelled(content, programme):
    """{label: text, or lines of the leading group}, as core.difference compares it."""
    names = {row["code"]: row["name"] for row in content.get("phases", [])}
    found = {"标题": content.get("title", ""), **content.get("sections", {})}
    for row in content.get("phases", []):
        found[f"阶段：{row['name']}"] = f"{'至'.join(map(full_day, days_of(row)))}\n{row['text']}"
    found["领导小组"] = [member_line(row, names) for row in content.get("members", [])]
    return found


def days_of(phase):
    """(first, last) as dates"""
    return date.fromisoformat(phase["starts_on"]), date.fromisoformat(phase["ends_on"])


def member_line(row, names):
    when = "、".join(names.get(code, code) for code in row["phases"])
    parts = [row["name"] or "（未定）", row["office"], row["duty"], when and f"只在{when}"]
    return f"{row['seat']}：{'，'.join(filter(None, parts))}"


def versions(plan):
    """[(PlanVersion, changes against the one before, or None for the first)], newest first. Two queries."""
    rows = list(plan.versions.select_related("filed_by").order_by("number"))
    found, before = [], None
    for row in rows:
        said = labelled(row.data, plan.programme)
        found.append((row, None if before is None else difference(before, said)))
        before = said
    return found[::-1]


def unsaved_changes(stored, typed, programme):
    """What the page says differently from what another has saved meanwhile."""
    return difference(labelled(stored, programme), labelled(typed, programme))




# ── Who has filed ──


def filed_plans(user, programme):
    """Schools of the programme's authority with how far each one's plan is: standing, filed_at, late, receipt,
    plan_id, late_until. What a school has not filed is told as nothing but that."""
    state = F("plan__state")
    schools = School.objects.visible_to(user).filter(authority_id=programme.authority_id, is_active=True)
    rows = schools.annotate(plan=FilteredRelation("schoolplans", condition=Q(schoolplans__programme=programme)))
    return rows.annotate(
        plan_state=state, plan_pk=F("plan__pk"), plan_filed_at=F("plan__filed_at"), plan_late=F("plan__late"),
        plan_receipt=F("plan__receipt"), plan_version=F("plan__version"),
    ).order_by("short_name", "pk")  # fmt: skip


def of_standing(rows, standing):
    if standing == "missing":
        return rows.filter(~Q(plan_state__in=[*AT_DISTRICT, FilingState.RETURNED]) | Q(plan_state__isnull=True))
    if standing == "late":
        return rows.filter(plan_state__in=AT_DISTRICT, plan_late=True)
    return rows.filter(plan_state=standing) if standing in STANDINGS else rows


def standing_of(school):
    """Of a row of filed_plans."""
    return school.plan_state if school.plan_state in STANDINGS else "missing"


def standings(rows):
    """{standing: how many schools} with "all" and "late". One query."""
    known = [code for code in STANDINGS if code != "missing"]
    counts = rows.aggregate(
        all=Count("pk"),
        late=Count("pk", filter=Q(plan_state__in=AT_DISTRICT, plan_late=True)),
        **{code: Count("pk", filter=Q(plan_state=code)) for code in known},
    )
    return counts | {"missing": counts["all"] - sum(counts[code] for code in known)}


def late_passes(user, programme, schools):
    """{school id: until} of more time given for the plan."""
    rows = LatePass.objects.visible_to(user).standing().filter(programme=programme, submission="plan", school__in=schools)
    return dict(rows.values_list("school_id", "until"))


