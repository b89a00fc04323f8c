"""Getting ready: the brief of a family, one's preparation, who of the school is ready."""

from django.urls import path

from visits.views import prepare

urlpatterns = [
    path("school/<int:pk>/ready/", prepare.ready, name="ready"),
]
