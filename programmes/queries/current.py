"""Which programme a page speaks of."""

from programmes.enums import ProgrammeState
from programmes.models import Programme

SESSION_KEY = "programme"


def programmes_for(user):
    """Programmes the user works in, drafts left out, open ones first, newest first."""
    rows = Programme.objects.visible_to(user).exclude(state=ProgrammeState.DRAFT).order_by("-starts_on", "code")
    return sorted(rows, key=lambda p: p.state != ProgrammeState.OPEN)


def current_programme(request):
    """The one chosen in the top bar, else the newest open one, else the newest; None without any.

    Cached on the request: the shell and the page ask both.
    """
    if not hasattr(request, "_programmes"):
        request._programmes = programmes_for(request.user)
    chosen = request.session.get(SESSION_KEY)
    return next((p for p in request._programmes if p.code == chosen), None) or next(iter(request._programmes), None)
