"""One school's share of a package: its papers as they stood at the instant, and the figures no coverage row carries."""

import hashlib
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.db.models import Count, Q

from core.documents import render
from core.documents.official import tie_signature
from core.sheets import internal_mark
from programmes.config.days import last_day_before
from programmes.enums import PublicityKind, TemplateKind
from programmes.models import Publicity
from programmes.queries.template import shape_of
from reports.models import SchoolPlan, SchoolReport
from reports.package.members import dated
from reports.package.stood import papers_of
from reports.papers.values import plan_values, report_values
from reports.queries.submissions import standing
from reports.queries.text import take_names_out
from visits.queries.as_of import help_as_of
from works.models import Work
from works.papers.make import form_name
from works.papers.values import form_values, template_kind

FINANCIAL = "资助"
COUNTED = {"case": "cases", "story": "stories", "essay": "essays"}  # kinds of works the district's summary counts
UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]|^[. ]+|[. ]+$')


# ── Papers ──


@dataclass(frozen=True)
class Paper:
    """A filled .docx and how the package lists it. by: the author of a work, by name inside the bureau only."""

    name: str
    kind: str
    title: str
    by: str
    data: bytes


def read_papers(compilation, schools):
    """What write_part takes, for some schools at once: their pupils are read together, not once a school."""
    papers = papers_of(compilation.programme, schools, compilation.as_of)
    take_names_out([row for own in papers.values() for row, _ in own if type(row) is SchoolReport])
    return papers


def write_part(compilation, school, path, papers=None):
    """A zip of the school's papers at path → what is in it, as SchoolPart.papers keeps it.

    papers: of read_papers(), where several schools were read together. The same compilation gives the same bytes.
    """
    papers, listed = papers or read_papers(compilation, [school]), []
    with zipfile.ZipFile(path, "w") as archive:
        for paper in _filled(compilation, papers[school.pk]):
            archive.writestr(dated(paper.name, compilation), paper.data)
            listed.append(
                {
                    "name": paper.name, "kind": paper.kind, "title": paper.title, "by": paper.by,
                    "sha256": hashlib.sha256(paper.data).hexdigest(),
                }
            )  # fmt: skip
    return listed


def _filled(compilation, papers):
    """Plan, report (附件2) and forms of works (附件1), one after the other."""
    for row, text in papers:
        yield _form(compilation, row, text) if type(row) is Work else _filing(compilation, row, text)


def _form(compilation, work, text):
    """The district's administrators read the nominee in full; pupils and parents stand on it by alias."""
    values = form_values(work, clear=True, texts=text)
    mark = internal_mark(compilation.started_by, compilation.created_at, f"{compilation.pk:06d}")
    kind = template_kind(work)
    data = render(_shape(compilation, kind).data, values, title=kind.label, mark=mark)
    name = "-".join(filter(None, [values["附件"], form_name(work)]))
    label = next((one.label for one in compilation.programme.rules.works if one.code == work.kind), work.get_kind_display())
    return Paper(_member(work.school, name), label, values["题目"], work.author.name, data)


def _filing(compilation, filing, members):
    is_plan = type(filing) is SchoolPlan
    kind = TemplateKind.SCHOOL_PLAN if is_plan else TemplateKind.SCHOOL_REPORT
    values = plan_values(filing, members) if is_plan else report_values(filing)
    finish = partial(tie_signature, values["落款单位"], values["落款日期"])
    data = render(_shape(compilation, kind).data, values, title=kind.label, finish=finish)
    said = "走访方案" if is_plan else "活动报告"
    name = "-".join(filter(None, [values.get("附件", ""), said, filing.school.short_name]))
    return Paper(_member(filing.school, name), said, values["标题"].replace("\n", ""), "", data)


def _shape(compilation, kind):
    """One template for the whole package, read once a worker."""
    shapes = compilation.__dict__.setdefault("_shapes", {})
    if kind not in shapes:
        shapes[kind] = shape_of(compilation.authority_id, kind)
    return shapes[kind]


def folder_of(school):
    """2131990001-晨曦小学: no two schools share one."""
    return UNSAFE.sub("_", f"{school.code}-{school.short_name}")


def _member(school, name):
    return f"{folder_of(school)}/{UNSAFE.sub('_', name)}.docx"


# ── Figures ──


def freeze_extras(compilation, school_ids):
    """{school_id: columns of SchoolSnapshot} of help given, works at the district and the press. Five queries and more
    for the works' history, however many schools."""
    found = {pk: dict.fromkeys(COUNTED.values(), 0) | _no_help() | {"press": 0} for pk in school_ids}
    for pk, (times, amount) in _help(compilation, school_ids).items():
        found[pk] |= {"help_times": times, "help_amount": amount}
    for (pk, kind), number in _works(compilation, school_ids).items():
        found[pk][COUNTED[kind]] = number
    for pk, number in _press(compilation, school_ids):
        found[pk]["press"] = number
    return found


def _no_help():
    return {"help_times": 0, "help_amount": Decimal(0)}


def _help(compilation, school_ids):
    """资助: help of that kind, or with money, at counted visits; one item is one time."""
    return help_as_of(
        compilation.programme, compilation.as_of, school_ids=school_ids, known_at=compilation.known_at, aid=FINANCIAL
    )


def _works(compilation, school_ids):
    papers = standing(compilation.programme, compilation.as_of, set(COUNTED), school_ids)
    return Counter((paper.school_id, paper.code) for paper in papers)


def _press(compilation, school_ids):
    """媒体报道 written down by then."""
    known_at = compilation.known_at
    there = Q(removed_at__isnull=True) | Q(removed_at__gte=known_at)
    rows = Publicity.objects.filter(
        there, programme=compilation.programme, school_id__in=school_ids, kind=PublicityKind.MEDIA, created_at__lt=known_at,
        on__lte=last_day_before(compilation.as_of),
    ).order_by()  # fmt: skip
    return rows.values_list("school_id").annotate(number=Count("pk"))
