"""A district with papers on their way: one school filed everything, one late, one nothing. Names are invented."""

import io
from datetime import date

import openpyxl

from core.files import open_private
from programmes.models import Publicity
from programmes.tests.upward import make_upward
from reports.actions.compile import run_compilation, start_compilation
from reports.actions.filing import approve_filing, file_filing
from reports.models import Compilation, SchoolPlan, SchoolReport
from reports.package.district import _opened
from reports.tests.filed import make_filing
from schools.tests.factories import make_class, make_leader, make_school, make_user
from students.tests.factories import make_mark, make_student
from visits.actions.register import open_register
from visits.models import HelpGiven, Opinion
from visits.tests.rows import add_visit
from works.actions.author import submit_work
from works.actions.late import give_late_pass
from works.actions.school import approve_work, file_works
from works.tests.factories import make_work

BEGUN, FILED, PAPERS_BY = "2022-08-20T10:00+08:00", "2022-09-28T10:00+08:00", "2022-10-09T00:00+08:00"
STORY = "傍晚到顾嘉树家，林秋正在摘毛豆，电话19900001234。"


class District:
    def __init__(self, turn):
        self.turn = turn
        turn(BEGUN)
        self.programme = make_upward()
        self.programme.issuer = "示例区教育局"
        self.schools = [
            make_school(self.programme.authority, name=f"示例{name}", short_name=name)
            for name in ("晨曦小学", "柳堤小学", "云杉路小学")
        ]
        names = ("沈文清", "何静", "丁宁")
        self.leaders = [make_leader(school, name=name) for school, name in zip(self.schools, names, strict=True)]
        self._visits()
        self._papers()

    def _visits(self):
        self.head = make_user("teacher", school=self.schools[0], name="陈晓", phone="19900005518")
        self.pupils = []
        for school in self.schools[:2]:
            school_class = make_class(school, grade=1, number=1)
            self.pupils += [make_student(school_class) for _ in range(2)]
        pupil = make_student(self.pupils[0].school_class, name="顾嘉树", guardian=("林秋", "19900001234"))
        self.pupils.insert(0, pupil)
        for one in (0, 1, 3):
            make_mark(self.pupils[one], "HARDSHIP", by=self.head)
        self.visit = add_visit(self.programme, [pupil], on=date(2022, 9, 5), lead=self.head)
        add_visit(self.programme, [self.pupils[1]], on=date(2022, 9, 6), lead=self.head)
        school = self.schools[0]
        at = {"authority_id": school.authority_id, "school": school}
        HelpGiven.objects.create(visit=self.visit, kind="资助", amount=300, **at)
        HelpGiven.objects.create(visit=self.visit, kind="学习辅导", position=2, **at)
        for position, answerer in enumerate(("answered", "school", "answered"), start=1):
            Opinion.objects.create(
                visit=self.visit, category="作业", text="少一点。", position=position, answerer=answerer, **at
            )
        Publicity.objects.create(
            programme=self.programme, kind="media", title="示例报道", on=date(2022, 9, 8), created_by=self.head, **at
        )
        open_register(self.programme)

    def _papers(self):
        school, leader = self.schools[0], self.leaders[0]
        self.turn(FILED)
        self.plan = self.filed(SchoolPlan, 0, late=True)
        self.report = self.filed(SchoolReport, 0, sections=["", "先访困难家庭。", "顾嘉树按时写完作业了。", "约在周末。"])
        text = {"title": "顾嘉树的菜园", "body": STORY}
        self.story = make_work(self.head, self.programme, school, kind="story", visit=self.visit, **text)
        submit_work(self.story, by=self.head, confirmed=True)
        approve_work(self.story, by=leader, opinion="情况属实，同意推荐。", confirmed=True)
        self.essay = make_work(self.head, self.programme, school, kind="essay", state="approved", leader=leader)
        file_works([self.story.pk, self.essay.pk], by=leader)

    def filed(self, model, at, *, late=False, **fields):
        school, leader = self.schools[at], self.leaders[at]
        filing = make_filing(model, self.programme, school, by=leader, **fields)
        approve_filing(filing, by=leader)
        if late:
            officer = make_user("district_admin", authority=self.programme.authority)
            give_late_pass(
                self.programme, school, by=officer, submission="plan", until=date(2022, 9, 30), reason="停水两天"
            )
        return file_filing(filing, by=leader)


def compiled(programme, kind="submissions", **options):
    compilation = start_compilation(programme, kind, queue=False, **options)
    run_compilation(compilation.job_id)
    return Compilation.objects.select_related("programme__authority", "job").get(pk=compilation.pk)


def members(compilation, password=""):
    """{name: bytes} of the package in its order."""
    with open_private(compilation.file) as file, _opened(file, password) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def rows_of(data, sheet=None):
    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book[sheet] if sheet else book.active
    return [[cell.value for cell in row] for row in page.iter_rows()]
