"""The figures as a report keeps and says them: plain data, as of their instant."""

import re

from core.formats import instant, percent
from reports.queries.figures.specs import IN_PERSON, specs
from schools.grades import grade_label

LEAST = 5  # 1–4 pupils would point at single ones (security.md §1)
FEW, HIDDEN = "<5", "…"
FEW_WORDS = "不足5"
OPEN, BAR, CLOSE = "\x01", "\x02", "\x03"  # around a figure in a text while it is made
MARK = re.compile(f"{OPEN}([^{BAR}]*){BAR}([^{CLOSE}]*){CLOSE}")


def compute(facts):
    """{"as_of", "lines", "paragraph", "runs", "grades", "few", "checklist"}: reports.SchoolReport.figures."""
    lines = [line(spec, facts) for spec in specs(facts) if not spec.inside]
    by_code = {one["code"]: one for one in lines}
    marked, table = paragraph(facts, by_code), grades(facts)
    return {
        "as_of": facts.at.isoformat(),
        "lines": lines,
        "paragraph": unmarked(marked),
        "runs": runs(marked),
        "grades": table,
        "few": any(FEW in (row["priority_due"], row["priority_visited"]) for row in table),
        "checklist": checklist(facts, by_code),
    }


def line(spec, facts, *, inside=False):
    """value: None where it is not told (text says how it is written); of, rate: of the whole it is a part of."""
    value = spec.number(facts)
    of = len(spec.whole(facts)) if spec.whole else None
    text = str(value)
    rate = percent(value, of) if of else ""
    if spec.small and not inside and (0 < value < LEAST or of and of < LEAST):
        text, rate, value, of = FEW, "", None, None if of < LEAST else of
    return {
        "code": spec.code, "label": spec.label, "value": value, "of": of, "rate": rate, "unit": spec.unit, "text": text,
    }  # fmt: skip


def meaning(facts, *, readable=()):
    """[(line, how it is counted)] of every figure; those of categories the reader may tell apart at the end."""
    shown = [spec for spec in specs(facts) if not spec.inside or spec.use in readable]
    return [(line(spec, facts, inside=spec.inside), spec.how) for spec in shown]


# ── in words ──


def paragraph(facts, by_code):
    """A few paragraphs of plain official words; what is nothing is not said. Numbers carry their code: see runs()."""
    parts = [_reach(facts, by_code), _people(by_code), _heard(by_code), *_talked(facts, by_code), _around(facts, by_code)]
    return "\n".join(part for part in parts if part)


def number(line, shown=None):
    """A figure inside a text, with the code by which its rows are opened."""
    return f"{OPEN}{line['code']}{BAR}{line['value'] if shown is None else shown}{CLOSE}"


def runs(marked):
    """[[{"text", "code"}]]: paragraphs as pieces; code is "" for plain words."""
    return [[{"text": text, "code": code} for code, text in _pieces(part) if text] for part in marked.split("\n")]


def _pieces(part):
    at = 0
    for match in MARK.finditer(part):
        yield "", part[at : match.start()]
        yield match[1], match[2]
        at = match.end()
    yield "", part[at:]


def unmarked(marked):
    return MARK.sub(r"\2", marked)


def _reach(facts, by_code):
    due, visited, home = by_code["due"], by_code["visited"], by_code[IN_PERSON]
    said = f"截至{instant(facts.at)}，全校应访学生{number(due)}人，已走访{number(visited)}人"
    said += f"，覆盖率{number(visited, visited['rate'])}" if due["value"] else ""
    said += f"；其中上门走访{number(home)}人，占已走访学生的{home['rate']}。" if home["value"] else "。"
    other = [f"{one['label'].removesuffix('联系的学生')}{number(one)}人" for code, one in by_code.items()
             if code.startswith("mode_") and one["value"]]  # fmt: skip
    if other:
        said += f"用其他方式联系的有{'、'.join(other)}，同一名学生可以有几种方式。"
    priority = by_code["priority"]
    if facts.priority:
        told = priority["of"] if priority["of"] is not None else FEW_WORDS
        reached = priority["value"] if priority["value"] is not None else FEW_WORDS
        said += f"重点关注学生{told}人，已走访{number(priority, reached)}人。"
    return said


def _people(by_code):
    teachers, party, visits = by_code["teachers"], by_code["party"], by_code["visits"]
    if not visits["value"]:
        return ""
    said = f"参加走访的教师{number(teachers)}人，占在岗教师的{teachers['rate']}"
    said += f"，其中党员教师{number(party)}人，占党员教师的{party['rate']}" if party["value"] else ""
    said += f"。共走访{number(visits)}次、{number(by_code['person_times'])}人次，参加教师人均{number(by_code['each'])}次"
    said += f"，平均每次{number(by_code['minutes'])}分钟。" if by_code["minutes"]["value"] else "。"
    said += f"跟踪走访{number(by_code['follow_ups'])}次。" if by_code["follow_ups"]["value"] else ""
    return said


def _heard(by_code):
    opinions, help_, amount = by_code["opinions"], by_code["help"], by_code["amount"]
    said = f"征集家长意见{number(opinions)}条。" if opinions["value"] else ""
    if help_["value"]:
        said += f"给予帮助{number(help_)}次"
        said += f"，金额{number(amount)}元。" if amount["value"] else "。"
    return said


def _talked(facts, by_code):
    """One sentence a group of the check list (W74), one for what was handed over."""
    rules = facts.programme.rules
    for group in rules.checklist:
        yield _counted(group.label, [(item.label, by_code[f"check_{group.code}_{item.code}"]) for item in group.items])
    yield _counted("送到家里的材料", [(item.label, by_code[f"handed_{item.code}"]) for item in rules.materials])


def _counted(head, lines):
    told = [f"{label}{number(one)}次" for label, one in lines if one["value"]]
    return f"{head}：{'、'.join(told)}。" if told else ""


def _around(facts, by_code):
    said = ""
    if by_code["meetings"]["value"]:
        said += f"召开会议和培训{number(by_code['meetings'])}场，{number(by_code['attendance'])}人次参加。"
    if by_code["publicity"]["value"]:
        said += f"宣传报道{number(by_code['publicity'])}条。"
    if by_code["copies"]["value"]:
        said += f"发放宣传材料{number(by_code['copies'])}份。"
    works = [
        f"{kind.label}{number(by_code[f'work_{kind.code}'])}篇（推荐{number(by_code[f'recommended_{kind.code}'])}篇）"
        for kind in facts.programme.rules.works
        if by_code[f"work_{kind.code}"]["value"]
    ]
    return said + (f"教师提交{'、'.join(works)}。" if works else "")


# ── tables ──


def grades(facts):
    """One row a grade; priority cells of 1–4 are “<5”, and where only one would be, the next smallest is left out."""
    found = {}
    priority = {pupil.student_id for pupil in facts.priority}
    for pupil in facts.pupils:
        grade = facts.classes[pupil.school_class_id].grade(facts.year)
        row = found.setdefault(grade, [0, 0, 0, 0])
        first = pupil.student_id in priority
        for place, is_in in enumerate((True, pupil.visited, first, first and pupil.visited)):
            row[place] += is_in
    order = sorted(found, key=lambda grade: (grade is None, grade))
    firsts, reached = (hide([found[grade][place] for grade in order]) for place in (2, 3))
    return [
        {
            "grade": grade_label(grade), "due": found[grade][0], "visited": found[grade][1],
            "rate": percent(found[grade][1], found[grade][0]), "priority_due": first, "priority_visited": seen,
        }
        for grade, first, seen in zip(order, firsts, reached, strict=True)
    ]  # fmt: skip


def hide(numbers):
    """1–4 as “<5”; where that is one cell of several, a second goes with it, or the sum would tell it."""
    small = [number for number in numbers if 0 < number < LEAST]
    told = [FEW if 0 < number < LEAST else number for number in numbers]
    large = [number for number in numbers if number >= LEAST]
    if len(small) == 1 and large:
        told[told.index(min(large))] = HIDDEN
    return told


def checklist(facts, by_code):
    rules = facts.programme.rules
    rows = [
        {"group": group.label, "label": item.label, "count": by_code[f"check_{group.code}_{item.code}"]["value"]}
        for group in rules.checklist
        for item in group.items
    ]
    return rows + [
        {"group": "送到的材料", "label": item.label, "count": by_code[f"handed_{item.code}"]["value"]}
        for item in rules.materials
    ]


# ── to put into a text ──


def chips(figures):
    """[(label, figure, what is put into the text)] of the kept figures that say something."""
    found = []
    for one in figures.get("lines", []):
        if not one["value"]:
            continue
        shown = f"{one['value']}{one['unit']}"
        if one["code"] == "visited" and one["rate"]:
            found.append(("覆盖率", one["rate"], f"覆盖率{one['rate']}", one["code"]))
        found.append((one["label"], shown, f"{one['label']}{shown}", one["code"]))
    return found
