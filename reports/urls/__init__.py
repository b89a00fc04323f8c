"""/desk/… is the district's, /reports/… everybody's who files or reads."""

from django.urls import include, path

from reports.urls import desk, files, plan, report, review, statement

desk_pages = [*desk.urlpatterns, *review.urlpatterns]
report_pages = [*files.urlpatterns, *plan.urlpatterns, *report.urlpatterns, *statement.urlpatterns]
urlpatterns = [
    path("desk/", include((desk_pages, "desk"))),
    path("reports/", include((report_pages, "reports"))),
]
