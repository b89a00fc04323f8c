"""The report's words: its title, its sections in order, how far each has come, what was filed."""

import copy
import re
from dataclasses import dataclass
from datetime import datetime

from reports.models.filing import AT_DISTRICT
from works.queries.alias import names_of, names_of_schools, unnamed

NUMERALS = "一二三四五六七八九十"
SPACE = re.compile(r"\s")
BEGUN, DONE, EMPTY = "half", "done", "empty"
SUGGESTED = 3000  # characters of all sections, where the notice names none
DIGIT = re.compile(r"[0-9０-９]|[一二两三四五六七八九十百千]+[次人条户件名份]")


@dataclass(frozen=True)
class Part:
    """One section as a page shows it. state: done, half, empty; why: what is lacking of a half one."""

    position: int
    label: str  # 一、开展情况
    section: object  # programmes.config.schema.ReportSection
    text: str
    chars: int
    state: str
    why: str = ""

    @property
    def paragraphs(self):
        return [line for line in self.text.split("\n") if line.strip()]

    @property
    def number(self):
        return f"第{NUMERALS[self.position]}部分" if self.position < len(NUMERALS) else self.section.label


def section_texts(report):
    """One text for each section the notice asks for."""
    sections = report.programme.rules.report.sections
    texts = [text if isinstance(text, str) else "" for text in report.sections or []]
    return (texts + [""] * len(sections))[: len(sections)]


def heading(position, label):
    return f"{NUMERALS[position]}、{label}" if position < len(NUMERALS) else label


def title_of(report):
    return report.title or report.programme.rules.report.title.replace("{school}", report.school.name)


def length(text):
    return len(SPACE.sub("", text))


def parts(report):
    sections = report.programme.rules.report.sections
    return [
        _part(report, position, section, text)
        for position, (section, text) in enumerate(zip(sections, section_texts(report), strict=True))
    ]


def _part(report, position, section, text):
    state, why = DONE, ""
    chars = length(text)
    if section.figures:
        state = DONE if report.figures_at else EMPTY
        chars += length((report.figures or {}).get("paragraph", ""))
        why = "" if report.figures_at else "还没有取数"
    elif not text.strip():
        state, why = EMPTY, "未写"
    elif tells_results(section) and not DIGIT.search(text):
        state, why = BEGUN, "还缺数据支撑"
    return Part(position, heading(position, section.label), section, text, chars, state, why)


def tells_results(section):
    """工作成效: the section that help given may be put into."""
    return "help" in section.material or "成效" in section.label


def suggested(report):
    return report.programme.rules.report.suggested_chars or SUGGESTED


def as_filed(filing):
    """The paper as the district has it: what was filed last, while the school goes on writing after a return.

    A copy that must not be saved. The row itself where it lies with the district.
    """
    if filing.state in AT_DISTRICT:
        return filing
    version = filing.versions.order_by("-number").first()
    if version is None:
        return filing
    shown = copy.copy(filing)
    for name in ("title", "sections", "figures", "phases"):
        if name in version.data and hasattr(filing, name):
            setattr(shown, name, version.data[name])
    if "figures_at" in version.data:
        at = version.data["figures_at"]
        shown.figures_at = datetime.fromisoformat(at) if at else None
    return shown


def as_read(report, user):
    """As this reader may read it: the office what it writes, the school's staff what was filed, anybody beyond the
    school that with pupils and parents by alias. A copy that must not be saved, but for the office."""
    if report.school_id in user.reach.whole_schools:
        return report
    shown = copy.copy(as_filed(report))
    if report.school_id not in user.reach.staff_schools:
        take_names_out([shown])
    return shown


def without_names(report, sheets):
    """Versions' data with the names of pupils and parents replaced. Two queries for any number."""
    return _unnamed(sheets, names_of(report.school_id, [], _written(sheets)))


def take_names_out(reports):
    """Of copies that must not be saved, a school's one each: it leaves the school. Two queries for any number."""
    sheets = {report: [{"title": report.title, "sections": section_texts(report)}] for report in reports}
    names = names_of_schools({report.school_id: _written(own) for report, own in sheets.items()}) if sheets else {}
    for report, own in sheets.items():
        [told] = _unnamed(own, names[report.school_id])
        report.title, report.sections = told["title"], told["sections"]


def _written(sheets):
    return "\n".join(text for data in sheets for text in [data.get("title") or "", *(data.get("sections") or [])])


def _unnamed(sheets, names):
    return [
        data | {
            "title": unnamed(data.get("title") or "", names),
            "sections": [unnamed(text or "", names) for text in data.get("sections") or []],
        }
        for data in sheets
    ]  # fmt: skip
