"""The three workbooks of a package, from what is frozen and nothing else. No pupil's name stands in them."""

from collections import Counter, defaultdict

from core.clock import local_date
from core.formats import full_day, instant
from core.sheets import Column, internal_mark, write_table, write_tables
from programmes.config.days import last_day_before
from programmes.enums import DeadlineKind
from reports.enums import Handed
from reports.models import SchoolSnapshot, Snapshot, SubmissionLine
from reports.queries.compilations import deadlines_of
from reports.queries.submissions import OWED, STANDING, asked
from reports.queries.summary import NOTES, summary_table
from schools.calendar import school_year
from schools.models import SchoolClass
from visits.models.register import ALL
from visits.queries.as_of import since_as_of

SUMMARY, MISSING, REGISTER = "走访情况汇总表.xlsx", "未走访和未报送.xlsx", "报送登记.xlsx"
SIGNED = "填表人：　　　　　　审核人：　　　　　　联系电话：　　　　　　填表日期："
SOME = 10  # schools
NO_NAMES = "只写学校、班级和人数，不写学生姓名。"
HANDED = {H: H.label for H in Handed} | {Handed.FILED: "已报送，待审", Handed.ACCEPTED: "已报送，通过"}


class Sheets:
    """Everything the workbooks say about one compilation. alive: called now and then while they are written."""

    def __init__(self, compilation, missing, alive=lambda: None):
        self.compilation, self.programme, self.missing, self.alive = compilation, compilation.programme, missing, alive
        self.schools = list(SchoolSnapshot.objects.filter(compilation=compilation).order_by("code"))
        self.names = {school.school_id: school.name for school in self.schools}
        self.lines = defaultdict(dict)
        for line in SubmissionLine.objects.filter(compilation=compilation):
            self.lines[line.school_id][line.code] = line
        self.asked = asked(self.programme)
        self.deadlines = deadlines_of(compilation)

    def writers(self):
        """{name of the file: write(path)}"""
        return {SUMMARY: self.summary, MISSING: self.left_over, REGISTER: self.register}

    @property
    def subtitle(self):
        compilation = self.compilation
        return f"数据截至{compilation.as_of_words}（{compilation.stage}，第{compilation.revision}版）"

    @property
    def look(self):
        compilation = self.compilation
        mark = internal_mark(compilation.started_by, compilation.created_at, f"{compilation.pk:06d}")
        return {"mark": mark, "made_at": compilation.created_at}

    def _titled(self, words):
        return f"{self.programme.authority.name}{self.programme.title}{words}"

    # ── 走访情况汇总表 ──

    def summary(self, path):
        table = summary_table(self.compilation, self.missing)
        filled_on = full_day(local_date(self.compilation.created_at))
        notes = (*self._gaps(), *self._correction(), *NOTES, f"{SIGNED}{filled_on}")
        write_table(
            path, title=self._titled("走访情况汇总表"), subtitle=self.subtitle, columns=table.columns, rows=table.rows,
            total=table.sums, notes=notes, sheet="走访情况汇总", **self.look,
        )  # fmt: skip

    def _gaps(self):
        if not self.missing:
            return []
        names = "、".join(one["name"] for one in self.missing)
        return [f"缺{len(self.missing)}所学校，不在合计里：{names}。各类别等学校齐了再列。"]

    def _correction(self):
        compilation = self.compilation
        if not compilation.corrects_id:
            return []
        known = f"所知截至{instant(compilation.known_at)}"
        return [f"这是对第{compilation.corrects.revision}版的更正，{known}。原因：{compilation.reason}"]

    # ── 未走访和未报送 ──

    def left_over(self, path):
        schools, classes = self._unvisited()
        sheets = {
            "未走访的学校": self._table("还有学生没有走访的学校", [
                Column("序号", 6, "number"), Column("学校", 30), Column("应访", 9, "number"), Column("实访", 9, "number"),
                Column("未访", 9, "number"), Column("其中婉拒", 9, "number"), Column("有未访的班级", 12, "number"),
            ], _numbered(schools), "应访的学生都走访到了。"),
            "未走访的班级": self._table("还有学生没有走访的班级", [
                Column("序号", 6, "number"), Column("学校", 30), Column("班级", 14), Column("应访", 9, "number"),
                Column("实访", 9, "number"), Column("未访", 9, "number"), Column("其中婉拒", 9, "number"),
            ], _numbered(classes), "应访的学生都走访到了。"),
            "未报送": self._table("没有报送的材料", [
                Column("序号", 6, "number"), Column("学校", 30), Column("材料", 24), Column("现状", 12), Column("截止", 24),
            ], _numbered(self._owed()), "要报的材料都报了。"),
            "补报": self._table("截止以后报送的材料", [
                Column("序号", 6, "number"), Column("学校", 30), Column("材料", 24), Column("现状", 14), Column("报送时间", 24),
                Column("截止", 24),
            ], _numbered(self._late()), "没有补报的。"),
        }  # fmt: skip
        if since := self._since():
            sheets["截止后补访"] = self._table(f"{self._until('coverage')}还没有走访到的学生，之后怎样", [
                Column("序号", 6, "number"), Column("学校", 30), Column("截止时未访", 11, "number"),
                Column("截止前访过、后来补记", 18, "number"), Column("截止后补访", 11, "number"), Column("仍未访", 9, "number"),
            ], _numbered(since), "")  # fmt: skip
            sheets["截止后补访"]["notes"].append(f"补记和补访截至{instant(self.compilation.known_at)}，不算进截止时的覆盖率。")
        if self.missing:
            sheets["没有汇编成的学校"] = self._table("没有汇编成的学校", [
                Column("序号", 6, "number"), Column("学校", 30), Column("原因", 60),
            ], _numbered((one["name"], one["why"]) for one in self.missing), "")  # fmt: skip
        write_tables(path, sheets, **self.look)

    def _table(self, title, columns, rows, nothing):
        notes = [NO_NAMES] if rows else [nothing]
        return {"title": title, "subtitle": self.subtitle, "columns": columns, "rows": rows, "notes": notes}

    def _unvisited(self):
        """(lines of schools, lines of classes) where somebody due was not called on, by code and class."""
        rows = Snapshot.objects.filter(compilation=self.compilation, dimension=ALL)
        counts = {row[0]: row[1:] for row in rows.values_list("school_class_id", "due", "visited", "declined") if row[1] > row[2]}
        year = school_year(last_day_before(self.compilation.as_of))
        places = SchoolClass.objects.filter(pk__in=counts).select_related("school")
        schools, classes = defaultdict(lambda: [0, 0]), []
        for place in places.order_by("school__code", "stage", "-entry_year", "number"):
            due, visited, declined = counts[place.pk]
            schools[place.school_id][0] += 1
            classes.append((self.names[place.school_id], place.label(year), due, visited, due - visited, declined))
        sums = Counter()
        for school_id, due, visited, declined in rows.values_list("school_id", "due", "visited", "declined"):
            for name, number in (("due", due), ("visited", visited), ("declined", declined)):
                sums[school_id, name] += number
        lines = []
        for school in self.schools:
            pk = school.school_id
            if pk in schools:
                due, visited, declined = (sums[pk, name] for name in ("due", "visited", "declined"))
                lines.append((school.name, due, visited, due - visited, declined, schools[pk][0]))
        return lines, classes

    def _since(self):
        """Lines of schools: who was missing at the deadline of visits, and what was written or called later. Some
        schools at a time, so that a district's pupils are never all in memory."""
        at, until = self.deadlines.get(DeadlineKind.COVERAGE), self.compilation.known_at
        lines, schools = [], self.schools if at and at < until else []
        for first in range(0, len(schools), SOME):
            self.alive()
            ids = [school.school_id for school in schools[first : first + SOME]]
            found = since_as_of(self.programme, at, ids, until=until)
            for school in schools[first : first + SOME]:
                if one := found.get(school.school_id):
                    lines.append((school.name, one.missing, one.written_later, one.called_later, one.still))
        return lines

    def _owed(self):
        for school, _, label, kind, line in self._lines():
            if line.state in OWED:
                yield school.name, label, HANDED[line.state], self._until(kind)

    def _late(self):
        for school, _, label, kind, line in self._lines():
            if line.late and line.state in STANDING:
                yield school.name, label, HANDED[line.state], instant(line.filed_at), self._until(kind)

    def _lines(self):
        for school in self.schools:
            for code, label, kind in self.asked:
                if line := self.lines[school.school_id].get(code):
                    yield school, code, label, kind, line

    def _until(self, kind):
        at = self.deadlines.get(kind)
        return instant(at) if at else "没有定日期"

    # ── 报送登记 ──

    def register(self, path):
        columns = [Column("序号", 6, "number"), Column("学校", 30), Column("学段", 11)]
        for _, label, _ in self.asked:
            columns += [Column("现状", 16, group=label), Column("份数", 6, "number", label), Column("报送时间", 22, group=label)]
        rows, filed = [], Counter()
        for number, school in enumerate(self.schools, start=1):
            cells = []
            for code, _, _ in self.asked:
                line = self.lines[school.school_id].get(code)
                cells += _cells(line)
                filed[code] += bool(line and line.state in STANDING)
                filed[code, "papers"] += line.count if line else 0
            rows.append([number, school.name, school.get_kind_display(), *cells])
        total = ["合计", f"{len(rows)}所学校", ""]
        for code, _, _ in self.asked:
            total += [f"{filed[code]}所已报送", filed[code, "papers"], ""]
        notes = [*self._gaps(), "退回修改后还没有重新报送的写“退回”。截止以后报送的写明补报。"]
        write_table(
            path, title=self._titled("报送登记"), subtitle=self.subtitle, columns=columns, rows=rows, total=total, notes=notes,
            sheet="报送登记", **self.look,
        )  # fmt: skip


def _cells(line):
    """[现状, 份数, 报送时间] of one paper of one school."""
    if line is None:
        return [HANDED[Handed.MISSING], 0, ""]
    late = "（补报）" if line.late and line.state in STANDING else ""
    return [f"{HANDED[line.state]}{late}", line.count, instant(line.filed_at) if line.filed_at else ""]


def _numbered(rows):
    return [[number, *row] for number, row in enumerate(rows, start=1)]
