"""Figures as of an instant."""

desk_pages = []  # below /desk/
urlpatterns = []  # below /reports/
