import json
import os
from time import monotonic

from django.core.management.base import BaseCommand, CommandError

from homevisit.demo.build import NotEmpty, build
from homevisit.demo.logins import logins, password
from homevisit.demo.refresh import NewSchoolYear, refresh
from programmes.config.notice import NoticeError


class Command(BaseCommand):
    help = "演示数据：两份通知照原样（已结束）各一份，另各有一份改到今天、离走访截止还有12天。再运行一次不改任何东西。"

    def add_arguments(self, parser):
        parser.add_argument("--logins", metavar="FILE", help="把演示账号写进这个 JSON 文件（只有本人可读）")
        parser.add_argument("--refresh", action="store_true", help="把进行中的演示活动挪到离今天12天截止")

    def handle(self, **options):
        begun = monotonic()
        try:
            secret = password()
            built = build(password=secret)
            moved = refresh() if options["refresh"] else []
        except NotEmpty as error:
            raise CommandError(f"{error}已经有学校数据，演示数据不和真实数据放在一起。换一个空的数据库再运行。") from None
        except NewSchoolYear:
            raise CommandError("已经是新学年，演示班级都升级了。换一个空的数据库重新生成。") from None
        except (NoticeError, ValueError) as error:
            raise CommandError(str(error)) from None
        if options["logins"]:
            write_private(options["logins"], logins(secret))
        if options["verbosity"]:
            done = "演示数据已建好" if built.created else "演示活动已挪到今天" if any(moved) else "演示数据已经在，没有改动"
            self.stdout.write(f"{done}，用时{monotonic() - begun:.1f}秒。")


def write_private(path, value):
    """JSON that only this account can read, also when the file was there before."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        os.fchmod(out.fileno(), 0o600)
        json.dump(value, out, ensure_ascii=False, indent=1)
