"""学校走访方案."""

from django.urls import path

from reports.views import plan

urlpatterns = [
    path("plan/", plan.plan, name="plan"),
    path("plan/<int:pk>/", plan.plan_view, name="plan_view"),
    path("plan/<int:pk>/versions/", plan.plan_versions, name="plan_versions"),
    path("plan/<int:pk>/plan.docx", plan.plan_docx, name="plan_docx"),
    path("plan/<int:pk>/plan.pdf", plan.plan_pdf, name="plan_pdf"),
    path("plan/<int:pk>/approve/", plan.plan_approve, name="plan_approve"),
    path("plan/<int:pk>/reopen/", plan.plan_reopen, name="plan_reopen"),
    path("plan/<int:pk>/file/", plan.plan_file, name="plan_file"),
    path("plan/<int:pk>/recall/", plan.plan_recall, name="plan_recall"),
    path("plans/", plan.plans, name="plans"),
]
