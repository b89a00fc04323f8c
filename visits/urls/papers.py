"""家访记录表, a pupil's file, a class's archive."""

from django.urls import path

from visits.views import archive, papers

urlpatterns = [
    path("<int:pk>/record.docx", papers.record_docx, name="record_docx"),
    path("<int:pk>/record.pdf", papers.record_pdf, name="record_pdf"),
    path("<int:pk>/record/full/", papers.record_full, name="record_full"),
    path("pupil/<int:pk>/", papers.pupil_file, name="pupil_file"),
    path("pupil/<int:pk>/file.docx", papers.pupil_file_docx, name="pupil_file_docx"),
    path("pupil/<int:pk>/file.pdf", papers.pupil_file_pdf, name="pupil_file_pdf"),
    path("class/<int:pk>/archive/", archive.archive, name="archive"),
    path("class/<int:pk>/archive/start/", archive.start, name="archive_start"),
    path("archive/<int:pk>/", archive.job, name="archive_job"),
    path("archive/<int:pk>/cancel/", archive.cancel, name="archive_cancel"),
    path("archive/<int:pk>/retry/", archive.retry, name="archive_retry"),
    path("archive/<int:pk>/password/", archive.password, name="archive_password"),
    path("archive/<int:pk>/download/", archive.download, name="archive_download"),
]
