from django.urls import path

from students.views import marks, portrait, pupil, roster

app_name = "students"
urlpatterns = [
    path("import/", roster.upload, name="import"),
    path("import/template/", roster.template, name="import_template"),
    path("import/<uuid:token>/", roster.preview, name="import_preview"),
    path("import/<uuid:token>/confirm/", roster.confirm_import, name="import_confirm"),
    path("import/<uuid:token>/cancel/", roster.cancel_import, name="import_cancel"),
    path("import/<uuid:token>/held/", roster.held_back, name="import_held"),
    path("suggestions/<int:pk>/", marks.suggestions, name="suggestions"),
    path("<int:pk>/", pupil.detail, name="detail"),
    path("<int:pk>/reveal/", pupil.reveal, name="reveal"),
    path("<int:pk>/reveal-number/", pupil.reveal_pupil_number, name="reveal_number"),
    path("<int:pk>/marks/", marks.marks, name="marks"),
    path("<int:pk>/marks/set/", marks.set_level, name="mark_set"),
    path("<int:pk>/marks/<int:mark_pk>/confirm/", marks.confirm, name="mark_confirm"),
    path("<int:pk>/marks/<int:mark_pk>/dismiss/", marks.dismiss, name="mark_dismiss"),
    path("<int:pk>/marks/<int:mark_pk>/end/", marks.end, name="mark_end"),
    path("<int:pk>/portrait/", portrait.add, name="portrait_add"),
    path("portrait/<int:pk>/remove/", portrait.remove, name="portrait_remove"),
    path("<int:pk>/changes/", marks.add_change, name="change_add"),
]
