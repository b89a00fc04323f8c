import time
from argparse import ArgumentTypeError
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.enums import JobState
from core.files import place_of
from programmes.models import Programme
from reports.actions.compile import CannotCompile, run_compilation, start_compilation
from reports.queries.summary import summary_rows

PATIENCE = 1800  # seconds for another process that is at it already


class Command(BaseCommand):
    help = "冻结一个截止事项的数据，收齐各校材料，打成区级汇编，并打印文件和数字。做过的不会再做一遍。"

    def add_arguments(self, parser):
        parser.add_argument("programme", help="活动代码，在“后台管理—活动”里看")
        parser.add_argument("kind", help="截止事项：plan、coverage、submissions、essays、report")
        help_at = "数据截至时刻，如 2022-10-01T00:00（不写时区就是北京时间）；默认为截止时刻，没到截止就是现在"
        parser.add_argument("--at", type=_instant, help=help_at)

    def handle(self, *, programme, kind, at, **options):
        row = Programme.objects.filter(code=programme).first()
        if row is None:
            raise CommandError(f"没有代码为“{programme}”的活动。")
        try:
            compilation = start_compilation(row, kind, at=at, queue=False)
        except CannotCompile as error:
            raise CommandError(str(error)) from error
        self._finish(compilation)
        self._print(compilation)

    def _finish(self, compilation):
        """Do the work, or wait for the process that is doing it; take over when that one dies."""
        end = time.monotonic() + PATIENCE
        while True:
            run_compilation(compilation.job_id)
            compilation.job.refresh_from_db()
            if compilation.job.state == JobState.DONE:
                break
            if not compilation.job.is_open:
                raise CommandError(compilation.job.message or "汇编被取消了。")
            if time.monotonic() > end:
                raise CommandError("另一个进程正在汇编，等了半小时还没有完成。请稍后再看。")
            time.sleep(1)
        compilation.refresh_from_db()

    def _print(self, compilation):
        rows, total = summary_rows(compilation)
        kind, stage = compilation.get_kind_display(), compilation.stage
        self.stdout.write(f"{compilation.programme}，{kind}，{stage}，第{compilation.revision}版")
        self.stdout.write(f"数据截至 {compilation.as_of_words}")
        for line in compilation.missing:
            self.stdout.write(f"没有汇编成：{line['name']}，{line['why']}")
        for row in (*rows, total):
            self.stdout.write(f"{row.name}\t应访{row.all['due']}\t实访{row.all['visited']}\t{row.rate()}")
        self.stdout.write(f"SHA-256 {compilation.checksum}")
        self.stdout.write(place_of(compilation.file))


def _instant(text):
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}”不是时刻，要写成 2022-10-01T00:00") from None
    return value if timezone.is_aware(value) else timezone.make_aware(value)
