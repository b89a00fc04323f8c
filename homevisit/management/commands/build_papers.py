from django.core.management.base import BaseCommand

from programmes.papers import BUILT_IN
from reports.papers.build import MADE as OF_REPORTS
from visits.papers.build import MADE as OF_VISITS
from works.papers.build import MADE as OF_WORKS

MADE = OF_VISITS | OF_WORKS | OF_REPORTS


class Command(BaseCommand):
    help = "Write the built-in templates of the papers anew (after a change of a room's papers/build.py)."
    requires_system_checks = []  # it touches neither addresses nor rows

    def handle(self, *args, **options):
        BUILT_IN.mkdir(exist_ok=True)
        for name, make in MADE.items():
            (BUILT_IN / name).write_bytes(make())
            self.stdout.write(f"programmes/data/templates/{name}")
