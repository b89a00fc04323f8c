"""Which programme a page speaks of."""

from programmes.enums import ProgrammeState
from programmes.models import Programme

SESSION_KEY = "programme"


def programmes_for(user):
    """Programmes the user works in, drafts left out, open ones first, newest first."""
    rows = Programme.objects.visible_to(user).exclude(state=ProgrammeState.DRAFT).order_by("-starts_on", "code")
    rows = rows.defer("source")  # a second copy of every setting, which no page reads
    return sorted(rows, key=lambda p: p.state != ProgrammeState.OPEN)


def available_programmes(request):
    """programmes_for(request.user), asked once a request: the shell and the page both need it."""
    if not hasattr(request, "_programmes"):
        request._programmes = programmes_for(request.user)
    return request._programmes


def current_programme(request):
    """The one chosen in the top bar, else the newest open one, else the newest; None without any."""
    rows = available_programmes(request)
    chosen = request.session.get(SESSION_KEY)
    return next((p for p in rows if p.code == chosen), None) or next(iter(rows), None)
