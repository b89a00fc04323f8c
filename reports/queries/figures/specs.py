"""Every figure a report may tell: its code, name, unit, the rows it counts, and in words how it is counted."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from programmes.enums import PublicityKind
from reports.queries.figures.facts import LEADERS, MIDDLE, OTHER_MODES, has_mode
from visits.enums import VisitKind
from works.enums import WorkKind

IN_PERSON = "in_person"


@dataclass(frozen=True)
class Spec:
    """rows: what is counted, one row for one of the number. kind: how a row is shown (figures.rows).

    value: another number made of the rows (an average, a sum). whole: the rows it is a part of. small: 1–4 are not told
    outside the school. inside: never told outside.
    """

    code: str
    label: str
    unit: str
    kind: str
    rows: Callable
    how: str
    value: Callable | None = None
    whole: Callable | None = None
    small: bool = False
    inside: bool = False
    use: object = None  # the ProgrammeCategory it counts

    def number(self, facts):
        return self.value(facts) if self.value else len(self.rows(facts))


COUNTED = "按活动规定的方式、在活动期内、当时已经提交并且没有作废的家访。"


def specs(facts):
    """In the order of the page. Asks the programme's modes, check lists, categories and works."""
    return [*_pupils(facts), *_visits(facts), *_teachers(), *_heard(), *_lists(facts), *_around(facts), *_categories(facts)]


def spec_of(facts, code):
    return next((spec for spec in specs(facts) if spec.code == code), None)


def _pupils(facts):
    rules = facts.programme.rules
    yield Spec(
        "due", "应访学生", "人", "pupils", lambda f: f.pupils,
        "数据截至那天在读、没有免访的学生；活动定了名单基准日的，过了基准日按基准日算。",
    )  # fmt: skip
    yield Spec(
        "visited", "已走访学生", "人", "pupils", lambda f: f.visited,
        f"应访学生里至少走访过一次的，一名学生只算一次。走访：{COUNTED}", whole=lambda f: f.pupils,
    )  # fmt: skip
    yield Spec(
        "unvisited", "还没走访的学生", "人", "pupils", lambda f: [p for p in f.pupils if not p.visited],
        "应访学生减去已走访学生，婉拒的也在里面。",
    )  # fmt: skip
    yield Spec(
        "declined", "婉拒后没有走访的学生", "人", "pupils", lambda f: [p for p in f.pupils if p.declined],
        "家长婉拒、到数据截至那一刻也没有走访的学生，按那时的登记算。",
    )  # fmt: skip
    yield Spec(
        "homes_due", "应访家庭", "户", "homes", lambda f: _homes(f.pupils),
        "登记为一户的兄弟姐妹算一户，没有登记的每名学生算一户。",
    )  # fmt: skip
    yield Spec(
        "homes_visited", "已走访家庭", "户", "homes", lambda f: _homes(f.visited),
        "家里至少一名应访学生走访过的家庭。", whole=lambda f: _homes(f.pupils),
    )  # fmt: skip
    yield Spec(
        IN_PERSON, "上门走访的学生", "人", "pupils", lambda f: [p for p in f.visited if has_mode(p, IN_PERSON)],
        "已走访学生里至少上门过一次的，占比以已走访学生为分母。", whole=lambda f: f.visited,
    )  # fmt: skip
    names = {one.code: one.name for one in rules.visit.modes}
    for mode in (mode for mode in OTHER_MODES if mode in names):
        counts = "计入覆盖" if mode in rules.counted_modes else "只记录，不计入覆盖"
        yield Spec(
            f"mode_{mode}", f"{names[mode]}联系的学生", "人", "pupils",
            lambda f, mode=mode: [p for p in f.pupils if has_mode(p, mode)],
            f"应访学生里用这种方式走访过的，{counts}。同一名学生可以有几种方式，各种方式不能相加。",
        )  # fmt: skip
    yield Spec(
        "priority", "已走访的重点关注学生", "人", "pupils", lambda f: [p for p in f.priority if p.visited],
        "属于任何一个优先走访类别的学生，一名学生只算一次；报告里不分类别，1–4人写“<5”。",
        whole=lambda f: f.priority, small=True,
    )  # fmt: skip


def _visits(facts):
    yield Spec("visits", "走访", "次", "calls", lambda f: f.calls, COUNTED)
    yield Spec(
        "follow_ups", "跟踪走访", "次", "calls", lambda f: [c for c in f.calls if c.kind == VisitKind.FOLLOW_UP],
        "走访里登记为跟踪访的。",
    )  # fmt: skip
    yield Spec(
        "minutes", "平均每次走访", "分钟", "calls", lambda f: [c for c in f.calls if c.minutes],
        "记了开始和结束时间的走访，时间相加除以次数，四舍五入。", value=_mean_minutes,
    )  # fmt: skip


def _teachers():
    yield Spec(
        "teachers", "参加走访的教师", "人", "teachers", lambda f: f.teachers,
        "去过至少一次计入的走访的教师。分母是数据截至那天在岗的教师、班主任、心理教师和学校负责人，加上去过但已不在岗的。",
        whole=lambda f: sorted({*f.staff, *f.teachers}),
    )  # fmt: skip
    yield Spec(
        "party", "参加走访的党员教师", "人", "teachers", lambda f: f.party,
        "参加走访的教师里的中共党员和预备党员；分母是在岗教师里的党员加上去过的。去过的按走访时的政治面貌，没去过的按现在的登记。",
        whole=lambda f: sorted({pk for pk, member in f.staff.items() if member} | set(f.party)),
    )  # fmt: skip
    yield Spec(
        "person_times", "教师走访", "人次", "trips", lambda f: f.trips, "每次走访每位去的教师计一人次。"
    )
    yield Spec(
        "leader_times", "校级领导走访", "人次", "trips", lambda f: f.trips_of(LEADERS), "校长、书记、副校长的人次。"
    )
    yield Spec("middle_times", "中层走访", "人次", "trips", lambda f: f.trips_of(MIDDLE), "中层干部的人次。")
    yield Spec(
        "each", "参加教师人均走访", "次", "trips", lambda f: f.trips,
        "教师走访人次除以参加走访的教师人数，四舍五入到一位小数。", value=_each,
    )  # fmt: skip


def _heard():
    yield Spec("opinions", "征集家长意见", "条", "opinions", lambda f: f.opinions, "计入的走访里记下的意见，一条算一条。")
    yield Spec("help", "给予帮助", "次", "help", lambda f: f.help, "计入的走访里记下的帮助，一项算一次。")
    yield Spec(
        "amount", "帮助金额", "元", "help", lambda f: [one for one in f.help if one.amount], "写了金额的帮助，金额相加。",
        value=lambda f: plain(sum((one.amount for one in f.help if one.amount), Decimal(0))),
    )  # fmt: skip


def _lists(facts):
    """check_<group>_<item>, handed_<item>: one code may stand in two groups."""
    rules = facts.programme.rules
    for group in rules.checklist:
        for item in group.items:
            yield Spec(
                f"check_{group.code}_{item.code}", f"{group.label}：{item.label}", "次", "calls",
                lambda f, code=item.code: [c for c in f.calls if code in c.checklist],
                "计入的走访里勾了这一项的次数。",
            )  # fmt: skip
    for item in rules.materials:
        yield Spec(
            f"handed_{item.code}", f"送到{item.label}", "次", "calls",
            lambda f, code=item.code: [c for c in f.calls if code in c.materials], "计入的走访里送到这份材料的次数。",
        )  # fmt: skip


def _around(facts):
    yield Spec("meetings", "会议和培训", "场", "meetings", lambda f: f.meetings, "活动里登记的、没有取消的会议和培训。")
    yield Spec(
        "attendance", "参加会议和培训", "人次", "meetings", lambda f: [m for m in f.meetings if m.people],
        "各场到会的教师加上登记的家长等来宾。", value=lambda f: sum(m.people for m in f.meetings),
    )  # fmt: skip
    yield Spec("publicity", "宣传报道", "条", "publicity", lambda f: f.told, "登记的媒体报道、校内宣传和报送的信息。")
    yield Spec(
        "copies", "发放宣传材料", "份", "publicity", lambda f: [p for p in f.publicity if p.copies],
        "登记的发放材料，份数相加。", value=lambda f: sum(p.copies or 0 for p in f.publicity if p.kind == PublicityKind.MATERIAL),
    )  # fmt: skip
    for kind in facts.programme.rules.works:
        label = kind.label or WorkKind(kind.code).label
        yield Spec(
            f"work_{kind.code}", f"教师提交的{label}", "篇", "works", lambda f, code=kind.code: f.works_of(code),
            "当时已经交给学校、没有撤回也没有被退回的。",
        )  # fmt: skip
        yield Spec(
            f"recommended_{kind.code}", f"学校推荐的{label}", "篇", "works",
            lambda f, code=kind.code: f.works_of(code, recommended=True), "当时学校已经推荐的。",
        )  # fmt: skip


def _categories(facts):
    """For the school's own eyes; what is restricted is told nowhere."""
    for use in (use for use in facts.uses if not use.category.restricted):
        yield Spec(
            f"category_{use.position}", f"已走访的{use.label}学生", "人", "pupils",
            lambda f, bit=use.bit: [p for p in f.visited if p.categories & bit],
            "只在学校里看，不写进报告。", whole=lambda f, bit=use.bit: [p for p in f.pupils if p.categories & bit],
            inside=True, use=use,
        )  # fmt: skip


def _homes(pupils):
    """[(home, its pupils)] in the order of the first of them."""
    found = {}
    for pupil in pupils:
        found.setdefault(pupil.home, []).append(pupil)
    return list(found.items())


def rounded(part, whole, places=0):
    if not whole:
        return 0
    return plain((Decimal(part) / Decimal(whole)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def plain(number):
    """As JSON keeps it: 41 rather than 41.0, else a decimal fraction."""
    return int(number) if number == int(number) else float(number)


def _mean_minutes(facts):
    lengths = [call.minutes for call in facts.calls if call.minutes]
    return rounded(sum(lengths), len(lengths))


def _each(facts):
    return rounded(len(facts.trips), len(facts.teachers), 1)


