"""通知: what happened to one's own things. Opening a notice marks it read and goes where it leads."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from schools.actions.message import mark_read
from schools.queries.message import inbox

PAGE = 50


@require_safe
def messages(request):
    page = Paginator(inbox(request.user), PAGE).get_page(request.GET.get("page"))
    unread = any(row.read_at is None for row in page.object_list)
    return render(request, "schools/messages.html", {"page": page, "unread": unread})


@require_POST
def open_message(request, pk):
    message = get_object_or_404(inbox(request.user), pk=pk)
    mark_read(request.user, [message.pk])
    if message.url and url_has_allowed_host_and_scheme(message.url, allowed_hosts=None):
        return redirect(message.url)
    return redirect("schools:messages")


@require_POST
def read_all(request):
    mark_read(request.user)
    return redirect("schools:messages")
