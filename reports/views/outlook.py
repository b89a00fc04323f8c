"""Parts that pages below this room fetch: what a school still owes, and how many schools will not be done in time."""

from django.db.models import prefetch_related_objects
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.access import allowed, authorize
from core.clock import today
from programmes.queries.current import current_programme
from reports.queries.duties import asked
from visits.queries.forecast import ahead_of, schools_outlook
from visits.views.of_school import of_school

OWED = ("todo", "mute", "late")  # kinds of tags that ask for something
WRITES = {"plan": "reports:plan", "report": "reports:report"}  # every other paper is a kind of work
ACTS = {"mute": "接着写", "late": "去改"}


@require_safe
def desk(request):
    """How many schools the present pace does not bring through; a whole page without script."""
    authorize(request.user, "reports.view_desk")
    programme = current_programme(request)
    if programme is None:
        return render(request, "desk/none.html")
    authorize(request.user, "reports.view_desk", programme)
    prefetch_related_objects([programme], "deadlines")
    ahead = ahead_of(programme)
    context = {
        "found": schools_outlook(programme, user=request.user),
        "last_day": ahead.last,
        "over": ahead.now > ahead.last,
        "early": not ahead.known,
        "days": ahead.rush_days,
        "share": round(ahead.rush_share * 100),
    }
    return render(request, "desk/_outlook.html" if request.htmx else "desk/outlook.html", context)


@of_school
def papers(request, place, programme):
    """报送清单 of a school with the state of every paper and the way to it; a whole page without script."""
    prefetch_related_objects([programme], "deadlines")
    found = asked(programme, place, user=request.user, office=True)
    writes = allowed(request.user, "reports.write_filing")
    rows = [_row(one, paper, place, writes) for one in found for paper in one.papers or [None]]
    template = "reports/_papers.html" if request.htmx else "reports/papers.html"
    return render(request, template, {"school": place, "rows": rows})


def _row(one, paper, school, writes):
    """A line of the list: the paper under its deadline, or the deadline where nothing is handed in under it."""
    row = {"on": one.last_day, "title": one.title, "text": one.countdown, "tone": "sec", "kind": "", "said": "", "url": ""}
    if paper is None:
        return row
    if paper.code == "coverage":
        kind, said = (paper.kind, paper.said) if paper.kind == "done" else ("soon", "没走完") if one.over else ("plan", "进行中")
        tone = "sec" if kind == "done" else one.tone
        return row | {"text": f"{one.countdown}，已访{paper.count}", "tone": tone, "kind": kind, "said": said}
    owed, over = paper.kind in OWED, one.over
    row |= {"title": paper.label, "kind": paper.kind, "said": paper.said, "tone": one.tone if owed else "sec"}
    row["text"] = "，".join(filter(None, (one.countdown, paper.count, paper.longer_words(over))))
    if over and paper.longer:
        row |= {"on": paper.longer, "text": "，".join(filter(None, (paper.longer_words(over), paper.count)))}
        over = paper.longer < today()
    if owed and writes and not over:
        row |= {"url": f"{_address(paper.code)}?school={school.pk}", "act": _act(paper)}
    return row


def _address(code):
    return reverse(WRITES.get(code, "works:school"))


def _act(paper):
    """去写 a plan or a report, 去选 a work; what was begun goes on."""
    return ACTS.get(paper.kind) or ("去写" if paper.code in WRITES else "去选")
