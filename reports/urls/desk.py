"""The district's desk."""

from django.urls import path

from reports.views import desk

urlpatterns = [
    path("", desk.home, name="home"),
    path("school/<int:pk>/", desk.school, name="school"),
    path("compile/", desk.compile_now, name="compile"),
    path("export/", desk.export, name="export"),
]
