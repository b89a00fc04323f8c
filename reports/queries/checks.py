"""提交前检查 of the school's report. Hints only: what must be there is reports.models.SchoolReport.missing."""

import re
from datetime import timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from core.clock import now
from core.formats import day, instant
from programmes.enums import DeadlineKind
from programmes.models import Deadline
from programmes.queries.window import window
from reports.models import SchoolSnapshot, Snapshot
from reports.queries.text import DIGIT, parts, suggested, tells_results, title_of
from students.models import Student
from visits.models.register import ALL
from works.queries.alias import NUMBER, PHONE, spaceless
from works.queries.checks import Check, filed_in_time, school_in_use

OLD = timedelta(days=7)
NUMBER_AFTER = r"[^0-9，。；、\n]{0,6}?(?<![约近])(\d+(?:\.\d+)?)"
# What somebody may type for a figure of the system: (code, what of it, where it stands in a text).
TYPED = (
    ("visited", "rate", re.compile(rf"覆盖率{NUMBER_AFTER}\s*[%％]")),
    ("visited", "value", re.compile(rf"(?:已走访|实访|走访了?)学生{NUMBER_AFTER}\s*[人名]")),
    ("due", "value", re.compile(rf"应访(?:学生)?{NUMBER_AFTER}\s*[人名]")),
    ("in_person", "value", re.compile(rf"上门(?:走访)?{NUMBER_AFTER}\s*[人名]")),
    ("homes_visited", "value", re.compile(rf"走访(?:家庭)?{NUMBER_AFTER}\s*户")),
    ("teachers", "value", re.compile(rf"(?:参加|参与)(?:走访)?的?教师{NUMBER_AFTER}\s*[人名]")),
    ("opinions", "value", re.compile(rf"意见(?:和?建议)?{NUMBER_AFTER}\s*条")),
    ("help", "value", re.compile(rf"帮助{NUMBER_AFTER}\s*次")),
    ("person_times", "value", re.compile(rf"走访{NUMBER_AFTER}\s*人次")),
)


def report_check(report, *, user=None, filed=False):
    """Lines of works.queries.checks.Check. user: somebody of the school's office is told the names that stand in the
    text; anybody else only that there are some. filed: read at the desk, so that the day it was filed counts."""
    shown = parts(report)
    checks = [*_figures(report, shown)]
    checks += [
        Check(bool(part.text.strip()), f"{part.number}{'写好了' if part.text.strip() else '还没有写'}")
        for part in shown
        if not part.section.figures
    ]
    checks += [
        Check(True, f"{part.number}有数据支撑")
        if DIGIT.search(part.text)
        else Check(False, f"{part.number}至少要有1个数据", "点“插入数据”，把数放进句子里。")
        for part in shown
        if tells_results(part.section) and part.text.strip()
    ]
    checks += [_length(report, shown), *_names(report, shown, user), *_typed(report, shown)]
    if filed:
        return [*checks, filed_in_time(report, "report"), school_in_use(report.school)]
    return [*checks, *_window(report)]


def _figures(report, shown):
    for part in shown:
        if not part.section.figures:
            continue
        if not report.figures_at:
            yield Check(False, f"{part.number}还没有数据", "点“取数”，由系统填。")
            return
        yield Check(True, f"{part.number}有数据，截至{instant(report.figures_at)}")
        deadline = Deadline.objects.filter(programme=report.programme_id, kind=DeadlineKind.COVERAGE).first()
        if deadline and deadline.at <= now() and report.figures_at < deadline.at:
            yield Check(False, "数据取在覆盖截止日之前", "点“刷新”，选“截至覆盖截止日”。")
        elif now() - report.figures_at > OLD and not (deadline and report.figures_at >= deadline.at):
            yield Check(False, f"数据是{(now() - report.figures_at).days}天前的", "点“刷新”再取一次。")
        yield from _against_desk(report)


def _against_desk(report):
    """The district's frozen table of the same instant says the same, or the school is told before the district asks."""
    frozen = SchoolSnapshot.objects.filter(
        compilation__programme=report.programme_id, compilation__as_of=report.figures_at, school=report.school_id
    ).first()
    if frozen is None:
        return
    rows = Snapshot.objects.filter(
        compilation=frozen.compilation_id, school=report.school_id, dimension=ALL
    ).values_list("due", "visited")
    theirs = tuple(map(sum, zip(*rows, strict=True))) or (0, 0)
    by_code = {line["code"]: line for line in report.figures.get("lines", [])}
    ours = tuple(by_code.get(code, {}).get("value") for code in ("due", "visited"))
    if ours == theirs:
        yield Check(True, "和区里的截止数据一致")
    else:
        yield Check(
            False, f"区里的截止数据是应访{theirs[0]}人、已走访{theirs[1]}人",
            "截止以后改过免访、婉拒或更正过记录。报送前和区里说明。",
        )  # fmt: skip


def _length(report, shown):
    total, most = sum(part.chars for part in shown), suggested(report)
    if total > most:
        return Check(False, f"全文{total}字，建议{most}字以内", "可以照样报送。")
    return Check(True, f"全文{total}字，建议{most}字以内")


def _names(report, shown, user):
    texts = [(part.number, part.text) for part in shown] + [("标题", title_of(report))]
    names = _pupils_in(report, [spaceless(text) for _, text in texts])
    at_school = user is not None and report.school_id in user.reach.whole_schools
    found = []
    for place, text in texts:
        here = [name for name in names if spaceless(name) in spaceless(text)]
        if here and at_school:
            found.append(Check(False, f"{place}有学生真实姓名：{'、'.join(here)}", "改成“顾同学”这样的称呼。"))
        elif here:
            found.append(Check(False, f"{place}有学生真实姓名", "请学校改成“顾同学”这样的称呼。"))
        if PHONE.search(text) or NUMBER.search(text):
            found.append(Check(False, f"{place}有电话或证件号码", "去掉号码。"))
    return found or [Check(True, "没有学生真实姓名和电话")]


def _pupils_in(report, texts):
    """Names of the school's roster, former ones too, that stand in one of the texts."""
    rows = Student.objects.filter(school_id=report.school_id).values_list("name", "former_name")
    together = "\n".join(texts)
    found = {name for names in rows.iterator() for name in names if len(name) >= 2 and spaceless(name) in together}
    return sorted(found)


def _typed(report, shown):
    """Figures somebody typed that are not the system's: one hint each."""
    by_code = {line["code"]: line for line in (report.figures or {}).get("lines", [])}
    for part in shown:
        told = set()
        for code, what, pattern in TYPED:
            line = by_code.get(code)
            if line is None or line["value"] is None:
                continue
            for match in pattern.finditer(part.text):
                right = line["rate"] if what == "rate" else f"{line['value']}{line['unit']}"
                if not _agrees(match[1], line, what) and match[0] not in told:
                    told.add(match[0])
                    yield Check(False, f"{part.number}写的“{match[0].strip()}”，系统是{right}", "改成一样的，或者写清楚指什么。")


def _agrees(typed, line, what):
    """A rate may be given to fewer or more places than ours, rounded either way."""
    if what == "value" or not line["of"]:
        return Decimal(typed) == Decimal(str(line["value"]))
    exact = Decimal(line["value"]) * 100 / Decimal(line["of"])
    places = -Decimal(typed).as_tuple().exponent
    return Decimal(typed) in {exact.quantize(Decimal(1).scaleb(-places), rounding=how) for how in (ROUND_DOWN, ROUND_HALF_UP)}


def _window(report):
    place = window(report.programme, report.school_id, "report")
    if place.until is None:
        return
    if not place.is_open():
        yield Check(False, f"报送时间到{instant(place.until)}，已经过了", "要补报，请区里给本校开通。")
    elif place.is_late():
        yield Check(None, f"原定时间过了，区里开通补报到{instant(place.until)}", "报送后标“补报”。")
    else:
        yield Check(True, f"报送截止{day(place.deadline - timedelta(microseconds=1))}，还在时间内")
