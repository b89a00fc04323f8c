from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.audit import record
from programmes.models import Programme
from visits.actions.register import check, rebuild

SHOWN = 20


class Command(BaseCommand):
    help = "按走访记录重新计算一次活动的应访名单和各班计数；--check 只核对，不改。"

    def add_arguments(self, parser):
        parser.add_argument("programme", metavar="PROGRAMME", help="活动代码，在“后台管理—活动”里看")
        parser.add_argument("--check", action="store_true", help="只核对：有不一致就列出并以1退出")

    def handle(self, *, programme, **options):
        try:
            programme = Programme.objects.get(code=programme)
        except Programme.DoesNotExist:
            known = "、".join(Programme.objects.order_by("code").values_list("code", flat=True)) or "还没有"
            raise CommandError(f"没有代码为 {programme} 的活动。已有：{known}。") from None
        if options["check"]:
            self._report(check(programme))
            return
        with transaction.atomic():
            due = rebuild(programme)
            record(programme, "register.rebuild", by=None, due=due)
        self.stdout.write(f"已重新计算，应访{due}人。")

    def _report(self, differences):
        """Numbers and codes only: a log of this must not name pupils."""
        if not differences:
            self.stdout.write("名单、计数和走访记录一致。")
            return
        for found in differences[:SHOWN]:
            place = "学生" if found.what == "due" else "班级、类别"
            self.stdout.write(f"{place} {'、'.join(map(str, found.key))}：现在 {found.stands}，应为 {found.should}")
        raise CommandError(f"{len(differences)}处和走访记录不一致。运行 rebuild_due 不带 --check 来修复。", returncode=1)
