"""The calendar on one's phone: an address that opens without sign-in, as secret as a key, ended with one tap."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.access import authorize
from visits.actions.calendar import make_link, reader, revoke_link
from visits.models import CalendarLink
from visits.queries.calendar import calendar_of


@require_safe
def calendar(request):
    authorize(request.user, "visits.log")
    return _page(request)


@require_POST
def make(request):
    """The address stands on this one answer and nowhere else."""
    authorize(request.user, "visits.log")
    token = make_link(request.user)
    return _page(request, request.build_absolute_uri(reverse("visits:calendar_feed", args=[token])))


@require_POST
def revoke(request):
    authorize(request.user, "visits.log")
    if revoke_link(request.user):
        messages.success(request, "地址停用了，订阅它的日历不再更新。")
    return redirect("visits:calendar")


@login_not_required
@require_safe
def feed(request, token):
    """What a phone's calendar fetches: times and classes of the owner's appointments."""
    user = reader(token)
    if user is None:
        raise Http404
    response = HttpResponse(calendar_of(user), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = 'inline; filename="homevisit.ics"'
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _page(request, address=""):
    link = CalendarLink.objects.visible_to(request.user).filter(revoked_at=None).first()
    return render(request, "visits/calendar.html", {"link": link, "address": address})
