"""The conduct code of a programme, and one's own signature under it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from core.access import allowed
from core.states import WrongState
from programmes.actions.conduct import sign
from programmes.enums import ProgrammeState
from programmes.models import ConductSignature
from programmes.queries.current import current_programme, programmes_for
from programmes.queries.events import coming_training
from programmes.queries.overview import home_school
from programmes.queries.ready import is_trained


@require_safe
def conduct(request):
    programme = current_programme(request)
    if programme is None:
        return render(request, "programmes/overview_none.html")
    user, code = request.user, programme.rules.conduct
    own = ConductSignature.objects.filter(programme=programme, user=user).order_by("-version")
    own = own.first() if code.rules else None
    signed = own if own and own.version == code.version else None
    signs = bool(code.rules) and allowed(user, "programmes.sign_conduct", programme)
    school = home_school(user, programme)
    visits = signs and allowed(user, "programmes.visits_families")
    trained = not visits or is_trained(programme, user)
    context = {
        "programme": programme,
        "code": code,
        "signed": signed,
        "signed_before": own is not None and signed is None,
        "signs": signs and signed is None and programme.state == ProgrammeState.OPEN,
        "trained": trained,
        "training": None if trained else coming_training(programme, school),
        "ready_school": school if school and school.pk in user.reach.whole_schools else None,
    }
    return render(request, "programmes/conduct.html", context)


@require_POST
def sign_conduct(request):
    """Sign what was read, then back to the page one came from."""
    code = request.POST.get("programme")
    rows = programmes_for(request.user)
    programme = next((row for row in rows if row.code == code), None) if code else current_programme(request)
    if programme is None:
        raise Http404
    read = request.POST.get("version", "")
    try:
        signature = sign(programme, by=request.user, version=int(read) if read.isdecimal() else None)
    except WrongState as error:
        back = reverse("programmes:conduct")
        return render(request, "409.html", {"message": str(error), "back": back}, status=409)
    if signature:
        messages.success(request, f"“{programme.rules.conduct.title}”已签，这次活动不用再签。")
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "programmes:conduct")
