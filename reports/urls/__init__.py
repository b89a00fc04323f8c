"""/desk/… is the district's, /reports/… everybody's who files or reads."""

from django.urls import include, path

from reports.urls import as_of, desk, files, jobs, outlook, package, plan, report, review, statement, upper

desk_pages = [
    *desk.urlpatterns, *review.urlpatterns, *package.desk_pages, *as_of.desk_pages, *jobs.desk_pages,
    *outlook.desk_pages, *upper.desk_pages,
]  # fmt: skip
report_pages = [
    *files.urlpatterns, *plan.urlpatterns, *report.urlpatterns, *statement.urlpatterns,
    *package.urlpatterns, *as_of.urlpatterns, *jobs.urlpatterns, *outlook.urlpatterns,
]  # fmt: skip
urlpatterns = [
    path("desk/", include((desk_pages, "desk"))),
    path("reports/", include((report_pages, "reports"))),
]
