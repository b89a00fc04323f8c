from django.apps import AppConfig


class HonestyConfig(AppConfig):
    name = "honesty"
    verbose_name = "真实性提醒"
