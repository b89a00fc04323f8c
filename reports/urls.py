from django.urls import include, path

from reports.views import desk, files, jobs

desk_pages = [
    path("", desk.home, name="home"),
    path("school/<int:pk>/", desk.school, name="school"),
    path("compile/", desk.compile_now, name="compile"),
    path("export/", desk.export, name="export"),
]
report_pages = [
    path("", files.files, name="files"),
    path("<int:pk>/", files.snapshot, name="snapshot"),
    path("<int:pk>/cancel/", jobs.cancel, name="cancel"),
    path("<int:pk>/retry/", jobs.retry, name="retry"),
    path("files/<int:pk>/", files.download, name="download"),
    path("job/<int:pk>/", jobs.job, name="job"),
]
urlpatterns = [
    path("desk/", include((desk_pages, "desk"))),
    path("reports/", include((report_pages, "reports"))),
]
