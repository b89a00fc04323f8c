"""The author's side."""

from django.urls import path

from works.views import author, leads, writing

urlpatterns = [
    path("", author.mine, name="mine"),
    path("new/", author.new, name="new"),
    path("new/visits/", author.find_visits, name="find_visits"),
    path("me/", writing.my_facts, name="my_facts"),
    path("leads/", leads.leads, name="leads"),
    path("visit/<int:pk>/", leads.of_visit, name="of_visit"),
    path("visit/<int:pk>/highlight/", leads.highlight, name="highlight"),
    path("visit/<int:pk>/praise/", leads.praise, name="praise"),
    path("visit/<int:pk>/ask/", leads.ask, name="ask"),
    path("praise/<int:pk>/remove/", leads.praise_remove, name="praise_remove"),
    path("<int:pk>/", author.detail, name="detail"),
    path("<int:pk>/edit/", writing.edit, name="edit"),
    path("<int:pk>/save/", writing.save, name="save"),
    path("<int:pk>/submit/", writing.submit, name="submit"),
    path("<int:pk>/visit/", writing.change_visit, name="change_visit"),
    path("<int:pk>/withdraw/", author.withdraw, name="withdraw"),
    path("<int:pk>/reopen/", author.reopen, name="reopen"),
    path("<int:pk>/versions/", author.versions, name="versions"),
]
