"""A paper as the answer to a request: Word or PDF, kept by nobody on the way; or a page that says why there is none."""

import re
from io import BytesIO

from django.http import FileResponse
from django.shortcuts import render

from core import pdf
from core.states import WrongState

PDF = "pdf"
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    PDF: "application/pdf",
}
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def paper_response(request, make, name, *, form="docx", back, instead=""):
    """make() → the bytes, of Word or PDF as form says; name: without its ending. 503 where there is no PDF now, 429
    where too much was asked for. back: where the user was; instead: the Word file's address, where a PDF was wanted."""
    try:
        if form == PDF:
            pdf.require()  # before make writes down that something was printed
        data = make()
    except pdf.PdfUnavailable as away:
        return _none(request, away, back, 503, instead)
    except WrongState as refused:
        return _none(request, refused, back, 429)
    return file_response(data, f"{name}.{form}", TYPES[form])


def file_response(data, name, content_type):
    name = NOT_IN_NAMES.sub("", name)
    response = FileResponse(BytesIO(data), as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _none(request, why, back, status, instead=""):
    context = {"message": str(why), "back": back, "instead": instead}
    return render(request, "paper_none.html", context, status=status)
