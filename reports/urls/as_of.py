"""Figures as of an instant."""

from django.urls import path

from reports.views import as_of

desk_pages = [  # below /desk/
    path("as-of/", as_of.district, name="as_of"),
    path("as-of/compile/", as_of.compile_at, name="as_of_compile"),
    path("as-of/since/", as_of.since, name="since"),
    path("as-of/whole/", as_of.district_whole, name="as_of_whole"),
    path("as-of/school/<int:pk>/", as_of.district_school, name="as_of_school"),
]
urlpatterns = [  # below /reports/
    path("as-of/", as_of.school, name="as_of"),
    path("as-of/since/", as_of.school_since, name="since"),
    path("as-of/rows/", as_of.rows, name="as_of_rows"),
]
