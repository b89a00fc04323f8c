"""宣传 and photos of meetings."""

from django.urls import path

from programmes.views import photos, publicity

urlpatterns = [
    path("publicity/", publicity.publicity, name="publicity"),
    path("publicity/new/", publicity.publicity_new, name="publicity_new"),
    path("publicity/list.xlsx", publicity.publicity_xlsx, name="publicity_xlsx"),
    path("publicity/<int:pk>/edit/", publicity.publicity_edit, name="publicity_edit"),
    path("publicity/<int:pk>/remove/", publicity.publicity_remove, name="publicity_remove"),
    path("events/<int:pk>/photos/", photos.event_photo_add, name="event_photo_add"),
    path("event-photos/<uuid:token>/", photos.event_photo, name="event_photo"),
    path("event-photos/<uuid:token>/thumb/", photos.event_thumb, name="event_thumb"),
    path("event-photos/<uuid:token>/remove/", photos.event_photo_remove, name="event_photo_remove"),
]
