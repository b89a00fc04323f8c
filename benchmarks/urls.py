from django.http import HttpResponse
from django.urls import path

from benchmarks.visits import without_coverage
from homevisit.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401


def empty(request):
    """The least a signed-in page can be: session, user and nothing else."""
    return HttpResponse(f"<!doctype html><title>家访</title><p>{request.user.name}</p>")


urlpatterns = [*urlpatterns, path("bench/empty/", empty)]

without_coverage()
