"""The report, the plan and the statement as files. Each that leaves is written down (docs/decisions/0012)."""

from django.db import transaction

from core.audit import record
from core.documents import render
from core.documents.official import keep_signature
from core.download import PDF
from core.pdf import to_pdf
from core.sheets import internal_mark
from programmes.enums import TemplateKind
from programmes.queries.template import shape_of
from reports.papers.values import plan_values, report_values, statement_values


def report_docx(report, *, user, form="docx"):
    """附件2 as Word, or with form="pdf" as PDF. Raises PdfUnavailable."""
    return _made(report, TemplateKind.SCHOOL_REPORT, report_values(report), "paper.report", user, form)


def plan_docx(plan, *, user, form="docx"):
    return _made(plan, TemplateKind.SCHOOL_PLAN, plan_values(plan), "paper.plan", user, form)


def statement_docx(statement, *, user, form="docx"):
    """It is about one teacher, so every page says who printed it."""
    values = statement_values(statement)
    return _made(statement, TemplateKind.STATEMENT, values, "paper.statement", user, form, is_personal=True)


def _made(obj, kind, values, action, user, form, is_personal=False):
    shape = shape_of(obj.authority_id, kind)
    with transaction.atomic():
        line = record(obj, action, by=user, form=form, template=shape.checksum[:12])
    mark = internal_mark(user, line.at, line.pk) if is_personal else ""
    paper = render(shape.data, values, title=kind.label, mark=mark)
    if "落款单位" in values:
        paper = keep_signature(paper, values["落款单位"], values["落款日期"])
    return to_pdf(paper) if form == PDF else paper
