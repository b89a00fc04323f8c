"""Getting ready: the brief of a family, one's preparation, who of the school is ready."""

from django.urls import path

from visits.views import prepare

urlpatterns = [
    path("brief/<int:student_id>/", prepare.family_brief, name="brief"),
    path("brief/<int:student_id>/preparation/", prepare.preparation, name="preparation"),
    path("school/<int:pk>/ready/", prepare.ready, name="ready"),
]
