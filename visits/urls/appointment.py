"""Appointments, the calendar address, the second visitor."""

urlpatterns = []
