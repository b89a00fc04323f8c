from django.core.management.base import BaseCommand

from programmes.papers import BUILT_IN
from visits.papers.build import pupil_file, visit_record

MADE = {"visit_record.docx": visit_record, "pupil_file.docx": pupil_file}


class Command(BaseCommand):
    help = "Write the built-in templates of the papers anew (after a change of visits/papers/build.py)."

    def handle(self, *args, **options):
        BUILT_IN.mkdir(exist_ok=True)
        for name, make in MADE.items():
            (BUILT_IN / name).write_bytes(make())
            self.stdout.write(f"programmes/data/templates/{name}")
