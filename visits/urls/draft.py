"""What is typed and not yet submitted."""

from django.urls import path

from visits.views import draft

urlpatterns = [
    path("drafts/<uuid:client_uuid>/", draft.draft, name="draft"),
    path("drafts/<uuid:client_uuid>/text/", draft.text, name="draft_text"),
    path("drafts/<uuid:client_uuid>/delete/", draft.delete, name="delete_draft"),
    path("drafts/<uuid:client_uuid>/restore/", draft.restore, name="restore_draft"),
]
