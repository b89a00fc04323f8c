from django.urls import path

from visits.views import board, due, home, log, record, school, waiting

app_name = "visits"
urlpatterns = [
    path("", home.home, name="home"),
    path("mine/", home.mine, name="mine"),
    path("new/", log.log, name="log"),
    path("new/<int:student_id>/", log.log, name="log"),
    path("new/review/", log.review, name="review"),
    path("colleagues/", log.find_colleagues, name="colleagues"),
    path("records/", record.record_list, name="records"),
    path("<int:pk>/", record.detail, name="detail"),
    path("<int:pk>/correct/", log.correct, name="correct"),
    path("<int:pk>/correct/review/", log.review_correction, name="review_correction"),
    path("<int:pk>/return/", record.return_record, name="return"),
    path("<int:pk>/void/", record.void, name="void"),
    path("class/", board.my_board, name="board"),
    path("class/<int:pk>/", board.board, name="board"),
    path("due/<int:pk>/", due.due, name="due"),
    path("due/<int:pk>/exempt/", due.exempt, name="exempt"),
    path("due/<int:pk>/unexempt/", due.unexempt, name="unexempt"),
    path("due/<int:pk>/decline/", due.decline, name="decline"),
    path("due/<int:pk>/undecline/", due.undecline, name="undecline"),
    path("school/", school.my_school, name="school"),
    path("school/<int:pk>/", school.school, name="school"),
    path("waiting/", waiting.waiting, name="waiting"),
]
