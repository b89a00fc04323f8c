"""The class head: board, assignment, exempt and declined."""

from django.urls import path

from visits.views import board, due

urlpatterns = [
    path("class/", board.my_board, name="board"),
    path("class/<int:pk>/", board.board, name="board"),
    path("due/<int:pk>/", due.due, name="due"),
    path("due/<int:pk>/exempt/", due.exempt, name="exempt"),
    path("due/<int:pk>/unexempt/", due.unexempt, name="unexempt"),
    path("due/<int:pk>/decline/", due.decline, name="decline"),
    path("due/<int:pk>/undecline/", due.undecline, name="undecline"),
]
