from django.apps import AppConfig


class HonestyConfig(AppConfig):
    name = "honesty"
    verbose_name = "真实性提醒"

    def ready(self):
        from honesty.queries.alike import written_before
        from visits import remarks

        remarks.offer(written_before)
