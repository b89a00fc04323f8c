"""What may be shown, and what is on display: checks of a text before it goes out, consents, the lists (X6)."""

import re
from dataclasses import dataclass

from django.db.models import Q

from programmes.models import Programme
from students.enums import ConsentPurpose
from students.models import Consent, Guardian
from visits.models import VisitStudent
from works.enums import RECOMMENDED_STATES, Level, WorkKind
from works.models import Showing
from works.queries.alias import AUTHOR, FAMILY, NUMBER, PHONE, names_in, positions, sealed, spaceless, unnamed

NARROW = str.maketrans("０１２３４５６７８９－", "0123456789-")
NUMERAL = "一二三四五六七八九十"
CLASS = re.compile(
    rf"[{NUMERAL}\d初高]+[(（〔]\s*[{NUMERAL}\d]+\s*[)）〕]\s*班|[{NUMERAL}\d]+年级\s*[(（]?[{NUMERAL}\d]+[)）]?\s*班"
    rf"|[初高][{NUMERAL}\d]+\s*[(（]?[{NUMERAL}\d]+[)）]?\s*班|\d{{4}}级\s*[(（]?[{NUMERAL}\d]+[)）]?\s*班|(?<!\d)\d{{3}}班"
)
DATE = re.compile(
    r"\d{4}\s*[-年./]\s*\d{1,2}\s*[-月./]\s*\d{1,2}\s*[日号]?|\d{1,2}\s*月\s*\d{1,2}\s*[日号]"
    rf"|[{NUMERAL}]+月[{NUMERAL}]+[日号]"
)
ADDRESS = re.compile(r"\d+\s*(?:弄|号楼|栋|幢|室)|\d+\s*单元\s*\d+|[路街巷]\s*\d+\s*号")
FOUND = [(PHONE, "电话"), (NUMBER, "证件号码"), (CLASS, "班级"), (DATE, "日期"), (ADDRESS, "住址")]
AROUND = 6  # characters told on each side of what was found


@dataclass(frozen=True)
class Finding:
    """Something that must not go out. where: 题目, 第2段; words: the place, with a name shown as its alias."""

    where: str
    what: str
    words: str

    def __str__(self):
        return f"{self.where}有{self.what}：“{self.words}”"


def findings(work, title, body):
    """What a person overlooked: real names of pupils, families and an author who is not signed, telephone and other
    numbers, classes, dates, addresses. A name is never repeated: the reader of the answer may not know it."""
    text = f"{title}\n{body}"
    names = _names(work, text)
    found = []
    for where, part in [("题目", title), *_paragraphs(body)]:
        for start, end, alias in positions(part, names):
            found.append(Finding(where, "真实姓名", _around(part, start, end, f"〔{alias}〕", names)))
        plain = part.translate(NARROW)
        for pattern, what in FOUND:
            for match in pattern.finditer(plain):
                found.append(Finding(where, what, _around(plain, *match.span(), match.group(), names)))
    return list(dict.fromkeys(found))


def _names(work, text):
    shown = spaceless(text)
    names = sealed(work) | names_in(work, text)
    rows = Guardian.objects.filter(student__school_id=work.school_id).exclude(name="").values_list("name", flat=True)
    for name in rows.iterator():
        if len(name) >= 2 and spaceless(name) in shown:
            names.setdefault(name, FAMILY)
    if not work.named:
        names |= {person.name: AUTHOR for person in (work.author, work.honoree) if person is not None}
    return names


def _paragraphs(body):
    lines = [line for line in body.splitlines() if line.strip()]
    return [(f"第{number}段", line) for number, line in enumerate(lines, start=1)]


def _around(text, start, end, said, names):
    """A few characters on each side; another name that stands there is told by its alias too."""
    before, after = unnamed(text[:start], names), unnamed(text[end:], names)
    left = f"…{before[-AROUND:]}" if len(before) > AROUND else before
    right = f"{after[:AROUND]}…" if len(after) > AROUND else after
    return left + said + right


def visited_pupils(work):
    """VisitStudent rows of the work's visit, with their pupils."""
    if not work.visit_id:
        return []
    rows = VisitStudent.objects.filter(visit_id=work.visit_id).select_related("student__school_class__school")
    return list(rows.order_by("pk"))


def consents(work):
    """(families that agree to the showing, families asked) of the visited pupils; (0, 0) without a visit."""
    pupils = {row.student_id for row in visited_pupils(work)}
    rows = Consent.objects.filter(student__in=pupils, purpose=ConsentPurpose.PUBLICATION, withdrawn_at=None)
    return rows.values("student").distinct().count(), len(pupils)


def hindrances(work):
    """Why it may not be shown yet, in sentences with counts and without names; [] when it may."""
    found = [] if work.may_publish else ["作者没有同意公开展示。"]
    agreed, asked = consents(work)
    if agreed < asked:
        found.append(f"还差{asked - agreed}位学生的家长同意公开展示，一共{asked}位。请学校登记。")
    return found


def signature_of(work):
    """Who is named, if the author agreed; deeds carry the name of the one they tell of."""
    if not work.named:
        return ""
    person = work.honoree if work.kind == WorkKind.DEEDS and work.honoree else work.author
    return f"{work.school.short_name or work.school.name} {person.name}"


def on_display(user, level):
    """Showings that stand, newest first. A school shows nothing that it no longer recommends."""
    rows = Showing.objects.visible_to(user).standing().filter(level=level)
    if level == Level.SCHOOL:
        rows = rows.filter(work__state__in=RECOMMENDED_STATES)
    return rows.select_related("programme").order_by("-shown_at", "-pk")


def readable_showings(user):
    """One to read: standing, at either level."""
    return Showing.objects.visible_to(user).standing().filter(
        Q(level=Level.DISTRICT) | Q(work__state__in=RECOMMENDED_STATES)
    )  # fmt: skip


def narrowed(rows, *, programme=None, kind="", award="", q=""):
    if programme:
        rows = rows.filter(programme=programme)
    if kind:
        rows = rows.filter(kind=kind)
    if award:
        rows = rows.filter(award=award)
    if q:
        rows = rows.filter(Q(title__icontains=q) | Q(body__icontains=q))
    return rows


def choices_of(rows):
    """([programme], [kind code], [award]) that occur among these showings: three queries."""
    rows = rows.order_by()
    programmes = Programme.objects.filter(pk__in=rows.values("programme")).order_by("-starts_on").defer("config", "source")
    kinds = sorted(set(rows.values_list("kind", flat=True).distinct()), key=WorkKind.values.index)
    awards = sorted(set(rows.exclude(award="").values_list("award", flat=True).distinct()))
    return list(programmes), kinds, awards
