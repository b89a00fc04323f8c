"""学校活动报告."""

from django.urls import path

from reports.views import report, report_figures, report_import

urlpatterns = [
    path("report/", report.report, name="report"),
    path("report/start/", report.report_start, name="report_start"),
    path("report/<int:pk>/", report.report_view, name="report_view"),
    path("report/<int:pk>/save/", report.report_save, name="report_save"),
    path("report/<int:pk>/check/", report.report_check, name="report_check"),
    path("report/<int:pk>/ask/", report.report_ask, name="report_ask"),
    path("report/<int:pk>/approve/", report.report_approve, name="report_approve"),
    path("report/<int:pk>/reopen/", report.report_reopen, name="report_reopen"),
    path("report/<int:pk>/file/", report.report_file, name="report_file"),
    path("report/<int:pk>/recall/", report.report_recall, name="report_recall"),
    path("report/<int:pk>/versions/", report.report_versions, name="report_versions"),
    path("report/<int:pk>/report.docx", report.report_docx, name="report_docx"),
    path("report/<int:pk>/report.pdf", report.report_pdf, name="report_pdf"),
    path("report/<int:pk>/figures/", report_figures.take, name="report_figures"),
    path("report/<int:pk>/rows/", report_figures.meaning, name="report_meaning"),
    path("report/<int:pk>/rows/<slug:code>/", report_figures.rows, name="report_rows"),
    path("report/<int:pk>/import/", report_import.upload, name="report_import"),
    path("report/<int:pk>/import/fill/", report_import.fill, name="report_fill"),
]
