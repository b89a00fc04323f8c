"""后台任务 of the authority, saved views, duties, nudges, the register's export."""

from django.urls import path

from reports.views import desk_acts, desk_views, job_list, register

desk_pages = [  # below /desk/
    path("nudge/", desk_acts.nudge, name="nudge"),
    path("extend/", desk_acts.extend, name="extend"),
    path("duty/", desk_acts.duty, name="duty"),
    path("views/", desk_views.views, name="views"),
    path("views/<int:pk>/rename/", desk_views.rename, name="view_rename"),
    path("views/<int:pk>/remove/", desk_views.remove, name="view_remove"),
    path("jobs/", job_list.jobs, name="jobs"),
    path("register/", register.register, name="register"),
    path("register/start/", register.start, name="register_start"),
    path("register/<int:pk>/", register.job, name="register_job"),
    path("register/<int:pk>/cancel/", register.cancel, name="register_cancel"),
    path("register/<int:pk>/retry/", register.retry, name="register_retry"),
    path("register/<int:pk>/download/", register.download, name="register_download"),
]
urlpatterns = []  # below /reports/
