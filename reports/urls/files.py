"""汇编与报表 and their jobs."""

from django.urls import path

from reports.views import files, jobs

urlpatterns = [
    path("", files.files, name="files"),
    path("<int:pk>/", files.snapshot, name="snapshot"),
    path("<int:pk>/cancel/", jobs.cancel, name="cancel"),
    path("<int:pk>/retry/", jobs.retry, name="retry"),
    path("files/<int:pk>/", files.download, name="download"),
    path("job/<int:pk>/", jobs.job, name="job"),
]
