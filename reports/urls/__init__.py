"""/desk/… is the district's, /reports/… everybody's who files or reads."""

from django.urls import include, path

from reports.urls import as_of, desk, files, jobs, package, plan, report, review, statement, upper

desk_pages = [*desk.urlpatterns, *review.urlpatterns, *package.desk_pages, *as_of.desk_pages, *jobs.desk_pages, *upper.desk_pages]
report_pages = [
    *files.urlpatterns, *plan.urlpatterns, *report.urlpatterns, *statement.urlpatterns,
    *package.urlpatterns, *as_of.urlpatterns, *jobs.urlpatterns,
]  # fmt: skip
urlpatterns = [
    path("desk/", include((desk_pages, "desk"))),
    path("reports/", include((report_pages, "reports"))),
]
