"""Writing the school's report: sections, figures, words taken over from Word, the request to the leader to settle it."""

from django.core.exceptions import ValidationError
from django.db import transaction

from core.access import authorize
from core.audit import record
from core.clock import now
from core.private import holds_id_number
from core.states import WrongState
from programmes.enums import DeadlineKind, ProgrammeState
from programmes.models import Deadline
from reports.actions.filing import address
from reports.enums import FilingState
from reports.models import SchoolReport
from reports.queries.figures import Facts, compute
from reports.queries.text import section_texts
from schools.actions.message import tell
from schools.enums import Role
from schools.models import Message, Post

WRITABLE = (FilingState.DRAFT, FilingState.RETURNED)
LONGEST = 20_000  # characters of one section
TITLE = 120
SETTLED = "报告已经审定或报送，先退回草稿再改。"
ID_NUMBER = "里面有身份证号，去掉后才能保存。系统不留身份证号。"
NOT_PASSED = "覆盖截止日还没有到，先按现在取数。"


class Elsewhere(Exception):
    """Somebody else wrote here meanwhile; nothing was overwritten. report: as it stands now."""

    def __init__(self, report):
        super().__init__("这一部分别处刚改过，没有覆盖。")
        self.report = report


@transaction.atomic
def save_section(report, position, text, *, by, was):
    """One section. was: what it said when the writer began; if it says something else by now, Elsewhere is raised.

    Two people may write two sections at once; the same save twice is one.
    """
    report = _to_write(report, by)
    texts = section_texts(report)
    if not 0 <= position < len(texts):
        raise ValidationError("没有这一部分。")
    text = tidy(text)
    if texts[position] == text:
        return report
    if texts[position] != tidy(was):
        raise Elsewhere(report)
    texts[position] = text
    return _keep(report, texts, by)


@transaction.atomic
def save_report(report, texts, *, by, revision, title=None):
    """All sections at once, from the page without script or from a Word file. revision: the one they were read at."""
    report = _to_write(report, by)
    texts = [tidy(text) for text in texts]
    title = report.title if title is None else tidy(title).replace("\n", "")[:TITLE]
    if texts == section_texts(report) and title == report.title:
        return report
    if revision != report.revision:
        raise Elsewhere(report)
    if len(texts) != len(section_texts(report)):
        raise ValidationError("部分的数目不对，刷新页面再存。")
    report.title = title
    return _keep(report, texts, by)


@transaction.atomic
def take_figures(report, *, by, at_deadline=False):
    """取数, 刷新: everything counted again as of now, or as of the coverage deadline once it has passed."""
    report = _to_write(report, by)
    moment = now()
    if at_deadline:
        moment = coverage_deadline(report.programme)
        if moment is None or moment > now():
            raise WrongState(NOT_PASSED)
    report.figures = compute(Facts(report.programme, report.school, moment))
    report.figures_at, report.figures_by = moment, by
    report.save(update_fields=["figures", "figures_at", "figures_by"])
    record(report, "report.figures", by=by, at=moment.isoformat())
    return report


@transaction.atomic
def ask_to_settle(report, *, by):
    """送校长审定: the leaders are told, once for each state of the text. → how many were told."""
    report = _to_write(report, by)
    if problems := report.missing():
        raise ValidationError(problems)
    rows = Post.objects.active().filter(school_id=report.school_id, role=Role.SCHOOL_LEADER)
    leaders = set(rows.values_list("user_id", flat=True)) - {by.pk}
    since = max(filter(None, (report.updated_at, report.figures_at)))
    told = Message.objects.filter(
        about_type=report._meta.label_lower, about_id=report.pk, user_id__in=leaders, created_at__gte=since
    )
    leaders -= set(told.values_list("user_id", flat=True))
    words = f"{report.programme.short_title}的{report._meta.verbose_name}写好了，等你审定。"
    tell(sorted(leaders), words, url=address(report), about=report)
    if leaders:
        record(report, "report.ask", by=by, told=len(leaders))
    return len(leaders)


def coverage_deadline(programme):
    rows = Deadline.objects.filter(programme=programme, kind=DeadlineKind.COVERAGE)
    return rows.values_list("at", flat=True).first()


def tidy(text):
    """As it is kept: no NUL, one kind of line end, no space at the ends of lines."""
    lines = (text or "").replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _to_write(report, by):
    row = SchoolReport.objects.select_for_update(of=("self",)).select_related("programme", "school").get(pk=report.pk)
    authorize(by, "reports.write_filing", row)
    if row.programme.state == ProgrammeState.DRAFT:
        raise WrongState("活动还没有开始。")
    if row.state not in WRITABLE:
        raise WrongState(SETTLED)
    return row


def _keep(report, texts, by):
    if any(len(text) > LONGEST for text in texts):
        raise ValidationError(f"一部分最多写{LONGEST}字。")
    if any(holds_id_number(text) for text in [*texts, report.title]):
        raise ValidationError(ID_NUMBER)
    report.sections = texts
    report.revision += 1
    report.updated_by, report.updated_at = by, now()
    report.save(update_fields=["title", "sections", "revision", "updated_by", "updated_at"])
    record(report, "report.write", by=by, fields=["sections"], revision=report.revision)
    return report
