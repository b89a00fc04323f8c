from django.core.management.base import BaseCommand, CommandError

from programmes.actions.load import load_programme
from programmes.config.notice import NoticeError, read_notice


class Command(BaseCommand):
    help = "Loads a notice. The same file again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE.toml")

    def handle(self, *, files, **options):
        try:
            notices = [read_notice(file) for file in files]
            loaded = [load_programme(notice) for notice in notices]
        except NoticeError as error:
            raise CommandError("\n".join(error.problems)) from None
        for one in loaded:
            what = "新建" if one.created else f"改了{len(one.changed)}处" if one.changed else "没有变化"
            self.stdout.write(f"{one.programme.code}：{what}")
