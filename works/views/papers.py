"""附件1 and the other works' form: as Word, as PDF, as a page to print from."""

from functools import partial

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import pdf
from core.download import PDF, paper_response
from core.sheets import internal_mark
from core.states import WrongState
from works.enums import WorkKind
from works.models import Work
from works.papers.make import WITHDRAWN, for_form, form_docx, form_name, form_shown
from works.papers.values import is_printable

ROWS = [  # of the page that shows the form of a work that is no story
    ("题目", "题目"), ("作者", "作者"), ("事迹人", "事迹人"), ("学校", "学校"), ("学科", "学科"), ("联系电话", "联系电话"),
    ("类别", "类别"), ("走访对象", "走访对象"), ("走访时间", "走访时间"), ("正文", "正文"), ("原创承诺", "原创承诺"),
    ("校级等级", "校级等级"), ("推荐区级", "推荐区级"),
]  # fmt: skip


@require_safe
def form_word(request, pk):
    return _file(request, pk, "docx")


@require_safe
def form_pdf(request, pk):
    return _file(request, pk, PDF)


def _file(request, pk, form):
    work = _work(request, pk)
    if not is_printable(work):
        return _refused(request, work, WITHDRAWN)
    make = partial(form_docx, work, user=request.user, form=form)
    urls = {"back": reverse("works:detail", args=[pk]), "instead": reverse("works:form_docx", args=[pk])}
    return paper_response(request, make, form_name(work), form=form, **urls)


@require_safe
def form_preview(request, pk):
    work = _work(request, pk)
    try:
        values, line = form_shown(work, user=request.user)
    except WrongState as refused:
        return _refused(request, work, refused)
    context = {
        "work": work, "values": values, "is_story": work.kind == WorkKind.STORY, "pdf": pdf.available(),
        "mark": internal_mark(request.user, line.at, line.pk),
        "rows": [(label, values[name]) for label, name in ROWS if values.get(name)],
    }  # fmt: skip
    response = render(request, "works/form_preview.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


def _work(request, pk):
    """Whoever may read the work has its form; what stands on it depends on the reader (works.papers.make)."""
    return get_object_or_404(for_form(Work.objects.visible_to(request.user)), pk=pk)


def _refused(request, work, why):
    back = reverse("works:detail", args=[work.pk])
    return render(request, "409.html", {"message": str(why), "back": back}, status=409)
