"""The class head: board, assignment, exempt and declined."""

from django.urls import path

from visits.views import assign, board, due

urlpatterns = [
    path("class/", board.my_board, name="board"),
    path("class/<int:pk>/", board.board, name="board"),
    path("class/<int:pk>/assign/preview/", assign.preview, name="assign_preview"),
    path("class/<int:pk>/assign/", assign.assign, name="assign"),
    path("class/<int:pk>/assign/undo/", assign.undo, name="assign_undo"),
    path("class/<int:pk>/unassign/", assign.unassign, name="unassign"),
    path("due/<int:pk>/", due.due, name="due"),
    path("due/<int:pk>/exempt/", due.exempt, name="exempt"),
    path("due/<int:pk>/unexempt/", due.unexempt, name="unexempt"),
    path("due/<int:pk>/decline/", due.decline, name="decline"),
    path("due/<int:pk>/undecline/", due.undecline, name="undecline"),
]
