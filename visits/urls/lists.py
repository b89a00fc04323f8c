"""Homes and lists: who is due, who was reached."""

from django.urls import path

from visits.views import home, pace, school, waiting

urlpatterns = [
    path("", home.home, name="home"),
    path("mine/", home.mine, name="mine"),
    path("school/", school.my_school, name="school"),
    path("school/<int:pk>/", school.school, name="school"),
    path("school/<int:pk>/told/", school.told, name="school_told"),
    path("school/<int:pk>/remind/", pace.remind, name="school_remind"),
    path("waiting/", waiting.waiting, name="waiting"),
]
