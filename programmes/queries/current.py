"""Which programme a page speaks of."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from programmes.enums import ProgrammeState
from programmes.models import Programme

SESSION_KEY = "programme"
IN_ADDRESS = "notice"  # ?notice=CODE opens a page for this programme, whichever was looked at last


def programmes_for(user):
    """Programmes the user works in, drafts left out, open ones first, newest first."""
    rows = Programme.objects.visible_to(user).exclude(state=ProgrammeState.DRAFT).order_by()
    rows = rows.defer("source")  # a second copy of every setting, which no page reads
    return sorted(rows, key=lambda p: (p.state != ProgrammeState.OPEN, -p.starts_on.toordinal(), p.code))


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


def programme_of_page(request):
    """The notice a posted page was opened for, whatever another tab has switched to since; else the current one."""
    current = current_programme(request)
    code = request.POST.get("programme")
    if current is None or not code or code == current.code:
        return current
    return next((row for row in available_programmes(request) if row.code == code), current)


def choose(request, code):
    """The session's programme from now on; False where it is none of the user's."""
    if not any(programme.code == code for programme in available_programmes(request)):
        return False
    request.session[SESSION_KEY] = code
    return True


def address_for(url, programme):
    """A link that opens its page for this programme."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != IN_ADDRESS]
    return parts._replace(query=urlencode([*query, (IN_ADDRESS, programme.code)])).geturl()


def address_without(url):
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != IN_ADDRESS]
    return parts._replace(query=urlencode(query)).geturl()
