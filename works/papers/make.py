"""The form of a work as a file. Each that leaves is written down, and says at its foot who printed it."""

from django.db import transaction

from core.audit import record
from core.documents import render
from core.download import PDF
from core.pdf import to_pdf
from core.sheets import internal_mark
from core.states import WrongState
from programmes.queries.template import shape_of
from visits.actions.paper import printed
from works.models import Work
from works.papers.values import form_values, is_printable, template_kind
from works.queries.facts import sees_personal
from works.queries.versions import text_for

WITHDRAWN = "这篇已经撤回，不出表。要印就先接着写、重新提交。"
PREVIEW = "preview"


def for_form(rows=None):
    """Works with everything their form prints."""
    rows = Work.objects.all() if rows is None else rows
    return rows.select_related("programme", "authority", "school", "author", "honoree", "visit")


def form_docx(work, *, user, form="docx"):
    """The form of a work fetched with for_form, as this reader may have it: Word, or PDF with form="pdf".

    Raises PdfUnavailable, and WrongState for a work taken back.
    """
    shape = shape_of(work.authority_id, template_kind(work))
    values, line = _read(work, user, form, shape)
    paper = render(shape.data, values, title=template_kind(work).label, mark=internal_mark(user, line.at, line.pk))
    return to_pdf(paper) if form == PDF else paper


def form_shown(work, *, user):
    """The values for the page that shows the paper: it is printed from there, so it counts as printed."""
    return _read(work, user, PREVIEW, shape_of(work.authority_id, template_kind(work)))


@transaction.atomic
def _read(work, user, form, shape):
    if not is_printable(work):
        raise WrongState(WITHDRAWN)
    clear = sees_personal(user, work)
    values = form_values(work, clear=clear, texts=text_for(user, work))
    line = record(
        work, "paper.form", by=user, fields=printed(shape.data, values), form=form, clear=clear,
        template=shape.checksum[:12],
    )  # fmt: skip
    return values, line


def form_name(work):
    """感人故事推荐表-晨曦小学-12: nobody's name."""
    label = template_kind(work).label.partition("（")[0] if work.kind == "story" else work.get_kind_display()
    return f"{label}-{work.school.short_name}-{work.pk}"
