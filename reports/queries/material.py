"""What may be put into a section: help given, parents' opinions, 亮点, meetings, publicity; no name, and for each the
sentence that goes into the text."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from core.clock import now
from programmes.enums import PublicityKind
from programmes.queries.events import kind_label
from reports.queries.figures import Facts
from reports.queries.figures.specs import plain
from schools.models import User
from works.queries.alias import names_of, surname, unnamed
from works.queries.material import highlights

EXAMPLES = 2  # of each category of opinions
MOST = 8  # lines of one kind
LONGEST = 80  # characters of an example


@dataclass(frozen=True)
class Line:
    """text: as it is shown; sentence: as it is put into the report."""

    text: str
    sentence: str
    is_example: bool = False


@dataclass(frozen=True)
class Material:
    kind: str
    label: str
    lines: list
    none: str  # what to say without any


def material(report):
    """{kind: Material} of the kinds the notice's sections ask for, as of the figures or, before any, of now."""
    facts = Facts(report.programme, report.school, report.figures_at or now())
    wanted = dict.fromkeys(kind for section in report.programme.rules.report.sections for kind in section.material)
    return {kind: KINDS[kind](facts) for kind in wanted}


def _help(facts):
    """Grouped by kind, in the notice's order."""
    groups = defaultdict(list)
    for one in facts.help:
        groups[one.kind].append(one.amount or Decimal(0))
    known = list(facts.programme.rules.help_kinds)
    lines = []
    for kind in sorted(groups, key=lambda kind: (known.index(kind) if kind in known else len(known), kind)):
        times, amount = len(groups[kind]), sum(groups[kind], Decimal(0))
        words = f"{kind}{times}次" + (f"，共{plain(amount)}元" if amount else "")
        lines.append(Line(words, f"走访中给予{words}。"))
    return Material("help", "给过的帮助", lines, "走访记录里还没有登记帮助。")


def _opinions(facts):
    """Grouped by category, the most frequent first, with the newest examples."""
    groups = defaultdict(list)
    for one in facts.opinions:
        groups[one.category].append(one)
    order = sorted(groups, key=lambda category: (-len(groups[category]), category))[:MOST]
    shown = {category: groups[category][-EXAMPLES:][::-1] for category in order}
    clean = _without_names(facts, [one for group in shown.values() for one in group])
    lines = []
    for category in order:
        number = len(groups[category])
        lines.append(Line(f"{category}{number}条", f"家长关于{category}的意见和建议{number}条。"))
        for one in shown[category]:
            words = shortened(clean[one.pk])
            lines.append(Line(words, f"有家长提出：{words.rstrip('。')}。", is_example=True))
    return Material("opinions", "家长意见归类", lines, "走访记录里还没有家长意见。")


def _without_names(facts, opinions):
    """{opinion id: text}: pupils and parents by alias, teachers of the school by surname, numbers gone."""
    if not opinions:
        return {}
    aliases = names_of(facts.school.pk, [one.visit_id for one in opinions], "\n".join(one.text for one in opinions))
    staff = User.objects.filter(pk__in={*facts.staff, *facts.teachers}).values_list("name", flat=True)
    for name in staff:
        if len(name) >= 2:
            aliases.setdefault(f"{name}老师", f"{surname(name)}老师")
            aliases.setdefault(name, f"{surname(name)}老师")
    return {one.pk: unnamed(one.text, aliases) for one in opinions}


def _highlights(facts):
    lines = []
    for one in highlights(facts.programme, facts.school)[:MOST]:
        words = one.text or f"{one.on.month}月{one.on.day}日的一次走访"
        lines.append(Line(f"{one.kind}：{words}", f"{words.rstrip('。')}。"))
    return Material("highlights", "标过的亮点", lines, "还没有标亮点。看记录时点“亮点”就会出现在这里。")


def _events(facts):
    lines = [
        Line(
            f"{one.held_on.month}月{one.held_on.day}日 {one.title}，{one.people}人",
            f"{one.held_on.month}月{one.held_on.day}日召开{kind_label(facts.programme, one.kind)}“{one.title}”"
            + (f"，{one.people}人参加。" if one.people else "。"),
        )
        for one in facts.meetings[-MOST:]
    ]
    return Material("events", "会议和培训", lines, "还没有登记会议和培训。")


def _publicity(facts):
    lines = []
    for one in facts.publicity[-MOST:]:
        where = f"（{one.channel}）" if one.channel else ""
        copies = f"{one.copies}份" if one.kind == PublicityKind.MATERIAL and one.copies else ""
        words = f"{one.get_kind_display()}：{one.title}{where}{copies}"
        said = f"发放《{one.title}》{copies}。" if copies else f"{one.on.month}月{one.on.day}日，{words}。"
        lines.append(Line(words, said))
    return Material("publicity", "宣传", lines, "还没有登记宣传。")


def shortened(text):
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……"


KINDS = {
    "help": _help, "opinions": _opinions, "highlights": _highlights, "events": _events, "publicity": _publicity,
}  # fmt: skip
