from django.urls import path

from programmes.views import conduct, events, overview

urlpatterns = [
    path("", overview.switch, name="switch"),
    path("overview/", overview.overview, name="overview"),
    path("form/", overview.my_school_form, name="school_form"),
    path("form/<int:pk>/", overview.school_form, name="school_form"),
    path("form/<int:pk>/preview/", overview.school_form_preview, name="school_form_preview"),
    path("conduct/", conduct.conduct, name="conduct"),
    path("conduct/sign/", conduct.sign_conduct, name="conduct_sign"),
    path("events/", events.events, name="events"),
    path("events/new/", events.new_event, name="event_new"),
    path("events/<int:pk>/", events.event, name="event"),
    path("events/<int:pk>/edit/", events.edit_event, name="event_edit"),
    path("events/<int:pk>/cancel/", events.cancel, name="event_cancel"),
    path("events/<int:pk>/attendance/", events.attendance, name="attendance"),
]
