"""记家访: beside a text, whether it repeats an own one. Fetched when the writer leaves the text; without script 核对 says
the same."""

import uuid

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_POST

from core.access import authorize
from honesty.queries.alike import written_before
from programmes.queries.current import programme_of_page


@require_POST
def alike(request):
    authorize(request.user, "honesty.view_own")
    programme = programme_of_page(request)
    if programme is None:
        raise Http404
    codes = [field.code for field in programme.rules.record.fields if f"text_{field.code}" in request.POST]
    texts = {code: request.POST[f"text_{code}"] for code in codes}
    found = written_before(request.user, programme, texts, client_uuid=_number(request.POST.get("client_uuid", "")))
    return render(request, "honesty/_written_before.html", {"sentences": [found[code] for code in codes if code in found]})


def _number(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
