import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.clock import today
from schools.models import Authority, School
from students.enums import RosterScope
from students.roster.apply import apply_plan, lock_schools
from students.roster.plan import plan_roster, refusal
from students.roster.problems import Refused
from students.roster.reader import read_sheets
from students.roster.report import report

WORDS = {
    "create": "新增",
    "update": "更新",
    "move": "换班或转入",
    "leave": "转出",
    "unchanged": "没有变化",
    "held": "没有导入",
}


class Command(BaseCommand):
    help = "Import a roster (.xlsx) for one school, or for a district where the school column decides."

    def add_arguments(self, parser):
        parser.add_argument("file")
        place = parser.add_mutually_exclusive_group(required=True)
        place.add_argument("--school", metavar="CODE", help="学校标识码")
        place.add_argument("--district", metavar="CODE", help="code of the authority")
        parser.add_argument("--whole-school", action="store_true", help="pupils of the school who are not in it have left")
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, metavar="DATE")
        parser.add_argument("--dry-run", action="store_true", help="change nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, file, school, district, whole_school, as_of, dry_run, json, **options):
        schools = self._schools(school, district)
        as_of = as_of or today()
        try:
            sheets = read_sheets(file)
        except FileNotFoundError as error:
            raise CommandError(f"no such file: {file}") from error
        except Refused as refused:
            plan = refusal(refused, schools, as_of=as_of)
        else:
            with transaction.atomic():
                lock_schools(schools)
                scope = RosterScope.SCHOOL if whole_school else RosterScope.CLASSES
                plan = plan_roster(sheets, schools, as_of=as_of, scope=scope, district=bool(district))
                if not dry_run:
                    apply_plan(plan, by=None)
        self._print(report(plan), as_json=json, dry_run=dry_run)

    def _schools(self, school, district):
        if school:
            found = list(School.objects.filter(code=school))
        else:
            authority = Authority.objects.filter(code=district).first()
            found = list(School.objects.filter(authority=authority, is_active=True)) if authority else []
        if not found:
            raise CommandError(f"no school: {school or district}")
        return found

    def _print(self, facts, *, as_json, dry_run):
        if as_json:
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        line = "，".join(f"{word}{facts[name]}人" for name, word in WORDS.items())
        self.stdout.write(("预览：" if dry_run else "") + line)
        for p in facts["problems"]:
            self.stdout.write(f"第{p['row']}行：{p['message']}" if p["row"] else p["message"])
