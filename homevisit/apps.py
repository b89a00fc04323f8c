from django.apps import AppConfig


class HomevisitConfig(AppConfig):
    name = "homevisit"
    verbose_name = "家访"
