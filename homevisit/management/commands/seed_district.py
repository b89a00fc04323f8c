from django.core.management.base import BaseCommand, CommandError

from homevisit.demo.build import NotEmpty
from homevisit.demo.seed import seed_district
from programmes.config.notice import NoticeError

WORDS = {
    "schools": "学校", "classes": "班级", "staff": "教师", "students": "学生", "marked": "重点学生", "visits": "走访",
    "reached": "有人走访的学生", "due": "应访",
}  # fmt: skip
STEPS = {"people": "学校和名册", "visits": "走访", "open_register": "应访名单"}


class Command(BaseCommand):
    help = "造一个虚构的大区，用来试速度：同样的参数得到同样的数据。"

    def add_arguments(self, parser):
        parser.add_argument("--programme", required=True, help="通知代码，如 baoshan-2022")
        parser.add_argument("--schools", type=int, default=300)
        parser.add_argument("--students", type=int, default=200_000)
        parser.add_argument("--visits", type=int, default=1_000_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--authority-code", metavar="CODE", help="放到另一个教育局名下（没有就新建）")

    def handle(self, *, programme, schools, students, visits, seed, authority_code, **options):
        if schools < 1 or students < schools * 20 or visits < 0:
            raise CommandError("至少1所学校，平均每所至少20名学生，走访数不能为负。")
        try:
            done = seed_district(
                programme, schools=schools, students=students, visits=visits, seed=seed, authority_code=authority_code
            )
        except NotEmpty as error:
            raise CommandError(f"{error}已经有学校。换一个空的数据库，或用 --authority-code 放到另一个教育局名下。") from None
        except NoticeError as error:
            raise CommandError("\n".join(error.problems)) from None
        for name, value in done.figures.items():
            self.stdout.write(f"{WORDS[name]} {value:,}")
        for name, value in done.seconds.items():
            self.stdout.write(f"{STEPS[name]} {value}秒")
        self.stdout.write(f"活动 {done.programme.code}")
