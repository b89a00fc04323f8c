"""附件1 and the other works' form."""

from django.urls import path

from works.views import papers

urlpatterns = [
    path("<int:pk>/form/", papers.form_preview, name="form_preview"),
    path("<int:pk>/form.docx", papers.form_word, name="form_docx"),
    path("<int:pk>/form.pdf", papers.form_pdf, name="form_pdf"),
]
