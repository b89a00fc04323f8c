"""Appointments, the calendar address, the second visitor."""

from django.urls import path

from visits.views import appointment, calendar

urlpatterns = [
    path("plan/<int:student_id>/", appointment.plan, name="plan"),
    path("plan/look/", appointment.plan_look, name="plan_look"),
    path("appointments/<int:pk>/", appointment.appointment, name="appointment"),
    path("appointments/<int:pk>/reschedule/", appointment.reschedule, name="reschedule"),
    path("appointments/<int:pk>/confirm/", appointment.confirm, name="confirm"),
    path("appointments/<int:pk>/arrive/", appointment.arrive, name="arrive"),
    path("appointments/<int:pk>/not-home/", appointment.not_home, name="not_home"),
    path("appointments/<int:pk>/cancel/", appointment.cancel, name="cancel"),
    path("appointments/<int:pk>/decline/", appointment.decline, name="decline_visit"),
    path("appointments/<int:pk>/reopen/", appointment.reopen, name="reopen"),
    path("presence/<int:pk>/", appointment.presence, name="presence"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/make/", calendar.make, name="calendar_make"),
    path("calendar/revoke/", calendar.revoke, name="calendar_revoke"),
    path("calendar/<str:token>.ics", calendar.feed, name="calendar_feed"),
]
