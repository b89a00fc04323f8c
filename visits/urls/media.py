"""Photos and video."""

from django.urls import path

from visits.views import media

urlpatterns = [
    path("media/", media.tiles, name="media_tiles"),
    path("media/uploads/", media.start_upload, name="upload_start"),
    path("media/uploads/<uuid:token>/", media.upload, name="upload"),
    path("media/uploads/<uuid:token>/drop/", media.drop_upload, name="upload_drop"),
    path("media/consent/<int:pk>/", media.consent, name="consent"),
    path("media/<uuid:token>/", media.photo, name="photo"),
    path("media/<uuid:token>/thumb/", media.thumb, name="thumb"),
    path("media/<uuid:token>/tile/", media.media_tile, name="media_tile"),
    path("media/<uuid:token>/remove/", media.remove, name="media_remove"),
    path("<int:pk>/media/clear/", media.clear, name="media_clear"),
]
