"""What becomes of a plan or a report: settled by the leader, filed with a receipt, returned or accepted.

One set of verbs for both; pages, the review desk and the administration call these and nothing else. Each is one
transaction on the locked row, a line in the log, a Decision, and a notice to those it concerns.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from core.access import authorize
from core.clock import local_date, now
from core.states import WrongState
from programmes.enums import ProgrammeState
from programmes.models import Programme
from programmes.queries.window import window
from reports.enums import FILING_MOVES, FilingState
from reports.models import PlanVersion, ReportVersion, SchoolPlan, SchoolReport
from schools.actions.decide import decide, last_decision, undo
from schools.enums import Role
from schools.models import Post

CODES = {SchoolPlan: "plan", SchoolReport: "report"}
VERSIONS = {SchoolPlan: (PlanVersion, "plan"), SchoolReport: (ReportVersion, "report")}
REASON = 500
SCHOOLS_OWN = "审定和报送用“退回草稿”“撤回报送”收回，不能撤销。"
CLOSED = "报送时间过了。要补报，请区里给本校开通。"


def open_filing(model, programme, school, *, by):
    """The school's plan or report under the programme, made when there is none → (filing, created)."""
    authorize(by, "reports.write_filing")
    if school.pk not in by.reach.whole_schools:
        raise ValueError("another school")
    return model.objects.get_or_create(
        programme=programme, school=school, defaults={"authority_id": school.authority_id, "created_by": by}
    )


@transaction.atomic
def approve_filing(filing, *, by, revision=None):
    """校长审定: from now on the text stands, until it is reopened. Twice is once. revision: the text that was read."""
    filing = _locked(filing)
    authorize(by, "reports.approve_filing", filing)
    if filing.state == FilingState.APPROVED and filing.approved_by_id == by.pk:
        return filing
    if revision is not None and revision != filing.revision:
        raise WrongState("刚有人改过，看过新的内容再审定。")
    if problems := filing.missing():
        raise ValidationError(problems)
    decide(filing, FILING_MOVES, "approve", by=by, level="school", approved_at=now(), approved_by=by)
    return filing


@transaction.atomic
def reopen_filing(filing, *, by):
    """Back to a draft, to go on writing."""
    filing = _locked(filing)
    authorize(by, "reports.write_filing", filing)
    decide(filing, FILING_MOVES, "reopen", by=by, level="school", approved_at=None, approved_by=None)
    return filing


@transaction.atomic
def file_filing(filing, *, by):
    """报送: kept as a version, with a receipt. After the deadline only with more time given. Twice is once."""
    filing = _locked(filing)
    authorize(by, "reports.file_filing", filing)
    if filing.state == FilingState.FILED:
        return filing
    place, moment = window(filing.programme, filing.school_id, CODES[type(filing)]), now()
    if not place.is_open(moment):
        raise WrongState(CLOSED)
    number = filing.version + 1
    decide(
        filing, FILING_MOVES, "file", by=by, level="school", filed_at=moment, filed_by=by, version=number,
        receipt=_receipt(filing, moment), late=place.is_late(moment), return_reason="",
    )  # fmt: skip
    rows, name = VERSIONS[type(filing)]
    rows.objects.create(**{name: filing}, number=number, data=filing.content(), filed_at=moment, filed_by=by)
    return filing


@transaction.atomic
def recall_filing(filing, *, by):
    """撤回报送, while the district has not decided; it may be filed again before the deadline.

    What was filed stays as a version of the school's; the district no longer sees a paper that was taken back.
    """
    filing = _locked(filing)
    authorize(by, "reports.file_filing", filing)
    decide(
        filing, FILING_MOVES, "recall", by=by, level="school", filed_at=None, filed_by=None, receipt="", late=False
    )
    return filing


@transaction.atomic
def accept_filing(filing, *, by, version=None, was=None, batch=None):
    """version and was: the filing and the state that were read; another since then is told. Twice is once."""
    filing = _locked(filing)
    authorize(by, "reports.decide_filing", filing)
    if filing.state == FilingState.ACCEPTED:
        return filing
    _as_read(filing, version, was)
    decide(
        filing, FILING_MOVES, "accept", by=by, level="district", batch=batch, accepted_at=now(), accepted_by=by,
        users=office(filing), text=f"{_what(filing)}区里通过了。", url=address(filing), undoable=True,
    )  # fmt: skip
    return filing


@transaction.atomic
def return_filing(filing, *, by, reason, version=None, was=None, batch=None):
    """Back to the school with a reason; what was filed stays as a version. The same return twice is one."""
    filing = _locked(filing)
    authorize(by, "reports.decide_filing", filing)
    reason = (reason or "").strip()[:REASON]
    if not reason:
        raise ValidationError({"reason": "写明退回原因，学校才知道改什么。"})
    if filing.state == FilingState.RETURNED and (filing.returned_by_id, filing.return_reason) == (by.pk, reason):
        return filing
    _as_read(filing, version, was)
    decide(
        filing, FILING_MOVES, "return", by=by, level="district", reason=reason, batch=batch, returned_at=now(),
        returned_by=by, return_reason=reason, accepted_at=None, accepted_by=None, recommended_at=None,
        recommended_by=None, users=office(filing), text=f"{_what(filing)}被退回修改：{reason}", url=address(filing),
        undoable=True,
    )  # fmt: skip
    return filing


@transaction.atomic
def recommend_filing(filing, *, by, version=None, was=None, batch=None):
    """推荐典型: accepted, and shown to others as a good one."""
    filing = _locked(filing)
    authorize(by, "reports.decide_filing", filing)
    if filing.recommended_at:
        return filing
    _as_read(filing, version, was)
    accepted = {} if filing.accepted_at else {"accepted_at": now(), "accepted_by": by}
    decide(
        filing, FILING_MOVES, "recommend", by=by, level="district", batch=batch, recommended_at=now(), recommended_by=by,
        users=office(filing), text=f"{_what(filing)}区里通过并推荐为典型。", url=address(filing), undoable=True, **accepted,
    )  # fmt: skip
    return filing


@transaction.atomic
def undo_filing(filing, *, by):
    """撤销 within ten seconds: the district's last decision on it, if it is this person's.

    What the school did is taken back by its own verbs: a filing has left its version and its receipt.
    """
    filing = _locked(filing)
    authorize(by, "reports.decide_filing", filing)
    last = last_decision(filing)
    if last is not None and last.level != "district":
        raise WrongState(SCHOOLS_OWN)
    undo(filing, by=by)
    return filing


def office(filing):
    """Who is told: the leaders and administrators of the school today."""
    posts = Post.objects.active().filter(school_id=filing.school_id, role__in=[Role.SCHOOL_LEADER, Role.SCHOOL_ADMIN])
    return list(posts.order_by("user_id").values_list("user_id", flat=True).distinct())


def address(filing):
    return reverse(f"reports:{CODES[type(filing)]}") + f"?school={filing.school_id}"


def _locked(filing):
    model = type(filing)
    row = model.objects.select_for_update(of=("self",)).select_related("programme", "school").get(pk=filing.pk)
    if Programme.objects.only("state").get(pk=row.programme_id).state == ProgrammeState.DRAFT:
        raise WrongState("活动还没有开始。")
    return row


def _as_read(filing, version, was):
    if version is not None and version != filing.version:
        raise WrongState("学校刚重新报送过，看过新的内容再处理。")
    if was is not None and was != filing.state:
        raise WrongState(f"刚有人处理过，现在是“{filing.get_state_display()}”。看过再决定。")


def _what(filing):
    return f"{filing.programme.short_title}的{filing._meta.verbose_name}"


def _receipt(filing, moment):
    """BG20221008-00012-2: which paper (方案, 报告), the day, its number, which filing."""
    letters = {"plan": "FA", "report": "BG"}[CODES[type(filing)]]
    return f"{letters}{local_date(moment):%Y%m%d}-{filing.pk:05d}-{filing.version + 1}"
