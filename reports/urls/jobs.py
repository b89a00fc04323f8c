"""后台任务 of the authority, saved views, duties, nudges, the register's export."""

from django.urls import path

from reports.views import job_list, register

desk_pages = [  # below /desk/
    path("jobs/", job_list.jobs, name="jobs"),
    path("register/", register.register, name="register"),
    path("register/start/", register.start, name="register_start"),
    path("register/<int:pk>/", register.job, name="register_job"),
    path("register/<int:pk>/cancel/", register.cancel, name="register_cancel"),
    path("register/<int:pk>/retry/", register.retry, name="register_retry"),
    path("register/<int:pk>/download/", register.download, name="register_download"),
]
urlpatterns = []  # below /reports/
