from django.urls import path

from honesty.views import alike, hint, mine, school
from honesty.views import rules as rules_page

app_name = "honesty"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("school/", school.school, name="school"),
    path("alike/", alike.alike, name="alike"),
    path("card/", school.card, name="card"),
    path("rules/", rules_page.rules, name="rules"),
    path("<int:pk>/", hint.hint, name="hint"),
    path("<int:pk>/answer/", hint.answer_hint, name="answer"),
    path("<int:pk>/conclude/", hint.conclude_hint, name="conclude"),
    path("<int:pk>/reopen/", hint.reopen_hint, name="reopen"),
    path("<int:pk>/undo/", hint.undo_hint, name="undo"),
]
