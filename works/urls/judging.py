from django.urls import path

from works.views import judging, results, rounds

urlpatterns = [
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.new_round, name="round_new"),
    path("rounds/<int:pk>/", rounds.round_page, name="round"),
    path("rounds/<int:pk>/edit/", rounds.edit_round, name="round_edit"),
    path("rounds/<int:pk>/delete/", rounds.delete, name="round_delete"),
    path("rounds/<int:pk>/judges/", rounds.judges, name="round_judges"),
    path("rounds/judges/<int:pk>/remove/", rounds.judge_remove, name="judge_remove"),
    path("rounds/<int:pk>/entries/", rounds.entries, name="round_entries"),
    path("rounds/entries/<uuid:token>/", results.entry, name="entry"),
    path("rounds/entries/<uuid:token>/remove/", rounds.entry_remove, name="entry_remove"),
    path("rounds/<int:pk>/open/", rounds.open_page, name="round_open"),
    path("rounds/<int:pk>/close/", rounds.close_page, name="round_close"),
    path("rounds/<int:pk>/reopen/", rounds.reopen, name="round_reopen"),
    path("rounds/<int:pk>/results/", results.results, name="results"),
    path("rounds/<int:pk>/results.xlsx", results.results_xlsx, name="results_xlsx"),
    path("rounds/<int:pk>/places/", results.places, name="round_places"),
    path("rounds/<int:pk>/awards/", results.awards, name="round_awards"),
    path("rounds/<int:pk>/give/", results.give, name="round_give"),
    path("judging/", judging.judging, name="judging"),
    path("judging/round/<int:pk>/", judging.judging_round, name="judging_round"),
    path("judging/<uuid:token>/", judging.sheet, name="sheet"),
    path("judging/<uuid:token>/recuse/", judging.sheet_recuse, name="sheet_recuse"),
    path("judging/<uuid:token>.docx", judging.sheet_docx, name="sheet_docx"),
]
