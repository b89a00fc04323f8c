"""教师走访情况表."""

from django.urls import path

from reports.views import statement

urlpatterns = [
    path("statements/", statement.statements, name="statements"),
    path("statements/count/", statement.count, name="statements_count"),
    path("statements/show/", statement.show, name="statements_show"),
    path("statements/finish/", statement.finish_all, name="statements_finish"),
    path("statements/list.xlsx", statement.xlsx, name="statements_xlsx"),
    path("statements/school/", statement.school_page, name="statements_school"),
    path("statements/mine/", statement.mine, name="my_statement"),
    path("statements/<int:pk>/", statement.page, name="statement"),
    path("statements/<int:pk>/statement.docx", statement.docx, name="statement_docx"),
    path("statements/<int:pk>/statement.pdf", statement.pdf, name="statement_pdf"),
    path("statements/<int:pk>/agree/", statement.agree, name="statement_agree"),
    path("statements/<int:pk>/object/", statement.object_to, name="statement_object"),
    path("statements/<int:pk>/answer/", statement.answer, name="statement_answer"),
    path("statements/<int:pk>/recount/", statement.recount, name="statement_recount"),
    path("statements/<int:pk>/show/", statement.show_one, name="statement_show"),
    path("statements/<int:pk>/finish/", statement.finish, name="statement_finish"),
    path("statements/<int:pk>/revise/", statement.revise, name="statement_revise"),
]
