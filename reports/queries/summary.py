"""The frozen figures of a compilation as the district reads them: a row per school and 合计, page and workbook alike."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Sum

from core.formats import percent
from core.sheets import Column
from programmes.enums import Mode
from reports.models import SchoolSnapshot, Snapshot
from reports.queries.suppress import hidden, hidden_beside
from visits.models.register import ALL

COUNTS = ("due", "visited", "declined", *Mode.values)
FIGURES = (
    "classes", "pupils", "due_households", "visited_households", "in_person_households", "other_households",
    "teachers", "person_times", "leader_times", "middle_times", "party_times", "opinions", "answered", "help_times",
    "help_amount", "cases", "stories", "essays", "press",
)  # fmt: skip
NOTES = (
    "覆盖率＝实访学生数÷应访学生数，户覆盖率、上门率以应访户数为分母；合计的比率由合计的人数、户数算得，不是各校比率的平均。全部走到才写100%，其余向下取两位小数。",
    "应访学生：基准日在读且没有免访的学生。实访学生：活动期内以计入的方式走访过至少一次的应访学生。兄弟姐妹登记为一户的算一户，在几所学校就读的每所学校各算一户。",
    "一户可以有几种走访方式，上门户数与其他形式户数不相加。人次按计入的走访算，每次走访每位教师计一人次。兼在两校走访的教师在两校各计一名。婉拒为婉拒后至今未走访的学生。",
    "类别各栏：1至4人写“<5”；合计会透露的，另有一栏一并不显示（…）或全栏写“<5”。合计是真实的数。案例、故事推荐、征文为截至此刻已报到区里的篇数。",
    "已办结：走访记录写明已当面答复家长的意见；老师以后再答复、转学校答复的不算在内。办结率＝已办结÷征集意见。更早冻结的数据没有这一项，留空。",
    "建档数、结对数要等关爱档案启用后才有，现在留空。",
)


@dataclass
class SummaryRow:
    """One school, or all together: figures by SchoolSnapshot's names, counts by dimension and column.

    A figure that was not counted yet when it was frozen is None, and so is its sum.
    """

    school_id: int | None
    name: str
    kind: str
    figures: dict = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))
    counts: dict = field(default_factory=lambda: defaultdict(lambda: dict.fromkeys(COUNTS, 0)))

    @property
    def all(self):
        return self.counts[ALL]

    def rate(self, places=2):
        return percent(self.all["visited"], self.all["due"], places)

    def add(self, other):
        for name, number in other.figures.items():
            mine = self.figures[name]
            self.figures[name] = None if mine is None or number is None else mine + number
        for dimension, counts in other.counts.items():
            for name in COUNTS:
                self.counts[dimension][name] += counts[name]


def summary_rows(compilation):
    """(rows by school code, their sum), from what is frozen and nothing else. Two queries."""
    rows = {}
    for school in SchoolSnapshot.objects.filter(compilation=compilation):
        figures = {name: getattr(school, name) for name in FIGURES}
        rows[school.school_id] = SummaryRow(school.school_id, school.name, school.get_kind_display(), figures)
    sums = Snapshot.objects.filter(compilation=compilation).order_by().values("school_id", "dimension")
    for row in sums.annotate(**{f"sum_{name}": Sum(name) for name in COUNTS}):
        rows[row["school_id"]].counts[row["dimension"]] = {name: row[f"sum_{name}"] for name in COUNTS}
    total = SummaryRow(None, "合计", "")
    for row in rows.values():
        total.add(row)
    return list(rows.values()), total


def _figure(name):
    return lambda row: row.figures[name]


def _count(name, dimension=ALL):
    return lambda row: row.counts[dimension][name]


def _answered_rate(row):
    answered = row.figures["answered"]
    return None if answered is None else percent(answered, row.figures["opinions"], 2)


def _nothing(row):
    return ""


def _rate(part, whole):
    return lambda row: percent(part(row), whole(row), 2)


def summary_columns(uses):
    """[(Column, how a SummaryRow fills it)] after 序号: domain.md §4, District summary; what is not recorded yet is empty.

    uses: the categories of the programme.
    """
    due, visited = _count("due"), _count("visited")
    homes, reached, at_home = _figure("due_households"), _figure("visited_households"), _figure("in_person_households")

    def number(title, fill, group="", width=8):
        return Column(title, width, "number", group), fill

    def rate(title, fill):
        return Column(title, 9, "percent"), fill

    columns = [
        (Column("学校", 26), lambda row: row.name),
        (Column("学段", 11), lambda row: row.kind),
        number("班级数", _figure("classes")),
        number("在校学生数", _figure("pupils")),
        number("应访户数", homes),
        number("实访户数", reached),
        rate("户覆盖率", _rate(reached, homes)),
        number("应访学生数", due),
        number("实访学生数", visited),
        rate("覆盖率", _rate(visited, due)),
        number("上门户数", at_home),
        rate("上门率", _rate(at_home, homes)),
        number("其他形式户数", _figure("other_households")),
        number("婉拒学生数", _count("declined")),
    ]
    for use in uses:
        columns.append(number("应访", _count("due", use.position + 1), use.label, 7))
        columns.append(number("实访", _count("visited", use.position + 1), use.label, 7))
    columns += [
        number("参与教师数", _figure("teachers")),
        number("教师家访人次", _figure("person_times")),
        number("校级领导家访人次", _figure("leader_times")),
        number("中层家访人次", _figure("middle_times")),
        number("党员家访人次", _figure("party_times")),
        number("征集意见", _figure("opinions")),
        number("已办结", _figure("answered")),
        rate("办结率", _answered_rate),
        number("建档数", _nothing),
        number("结对数", _nothing),
        number("人次", _figure("help_times"), "资助"),
        (Column("金额（元）", 11, "money", "资助"), _figure("help_amount")),
        number("典型案例", _figure("cases")),
        number("故事推荐", _figure("stories")),
        number("征文", _figure("essays")),
        number("报道", _figure("press")),
    ]
    return columns


@dataclass
class SummaryTable:
    """What core.sheets.write_table takes, and the sums it is checked by."""

    columns: list
    rows: list
    sums: list
    due: int
    visited: int


def summary_table(compilation, missing=None):
    """As it leaves for the district: no count of a category that points at single pupils.

    missing: schools that are not in it, by default the compilation's. Without all schools no category is told: the whole
    table that follows would tell, by the difference of the two sums, how many stand at the school that came later.
    """
    missing = compilation.missing if missing is None else missing
    uses = [] if missing else list(compilation.programme.categories.all())
    columns = summary_columns(uses)
    rows, total = summary_rows(compilation)
    dimensions = [use.position + 1 for use in uses]
    _leave_out(rows, dimensions, _left_out_before(compilation, dimensions))
    cells = [[number, *(fill(row) for _, fill in columns)] for number, row in enumerate(rows, start=1)]
    sums = ["合计", *(fill(total) for _, fill in columns)]
    sums[1] = f"{len(rows)}所学校"
    titles = [Column("序号", 6, "number"), *(column for column, _ in columns)]
    return SummaryTable(titles, cells, sums, total.all["due"], total.all["visited"])


def _left_out_before(compilation, dimensions):
    """{dimension: (schools without 应访, schools without 实访)} of the revisions this one corrects: beside them, a cell
    shown now would tell what they left out. Three queries for each."""
    if compilation.corrects_id is None:
        return {}
    rows, _ = summary_rows(compilation.corrects)
    return _leave_out(rows, dimensions, _left_out_before(compilation.corrects, dimensions))


def _leave_out(rows, dimensions, before):
    """Cells of categories as they are written; their sums were taken before. → what is left out, as `before`."""
    left_out = {}
    for dimension in dimensions:
        due = {row.school_id: row.counts[dimension]["due"] for row in rows}
        visited = {row.school_id: row.counts[dimension]["visited"] for row in rows}
        also_due, also_visited = before.get(dimension, ((), ()))
        no_due = hidden(due, also_due)
        no_visited = hidden_beside(visited, no_due, due, also_visited)
        left_out[dimension] = set(no_due), set(no_visited)
        for row in rows:
            counts, pk = row.counts[dimension], row.school_id
            counts["due"], counts["visited"] = no_due.get(pk, due[pk]), no_visited.get(pk, visited[pk])
    return left_out
