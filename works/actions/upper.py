"""On from the district to the office above, as far as the notice's levels reach: sent, taken back, the award noted.

The state of the work stays; that it has gone on is a mark of its own, with its line in the log, its Decision and its
notice. Who takes a place of the district's quota locks the authority first, so that two at once are counted one by one.
"""

import hashlib
import secrets
from io import BytesIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from core.access import authorize
from core.audit import record
from core.clock import local_date, now, today
from core.formats import day, instant
from core.sheets import Column, internal_mark, write_table
from core.states import WrongState, can_move
from schools.actions.decide import decide, new_batch
from schools.models import Authority
from works.actions.district import kind_label, told
from works.enums import UPPER_MOVES, Level, Side
from works.models import Work
from works.queries.queue import listed_title
from works.queries.upper import city_quota, goes_on, office_of

LONGEST = Work._meta.get_field("upper_award").max_length
NO_LABEL = f"写明评的等级，最多{LONGEST}个字。"
FUTURE = "这是将来的日期，改成今天或更早的一天。"


@transaction.atomic
def send_up(ids, *, by, batch=None):
    """往上报 of all these works or of none → [Work]. Out of reach is not named; what has gone already is done: twice is
    once. WrongState says which work, or that the quota is full."""
    rows = Work.objects.visible_to(by).filter(pk__in=ids, filed_at__isnull=False).order_by()
    for authority_id in sorted(set(rows.values_list("authority_id", flat=True))):
        Authority.objects.select_for_update(of=("self",), no_key=True).get(pk=authority_id)
    works = list(_locked().filter(pk__in=list(rows.values_list("pk", flat=True))).order_by("pk"))
    for work in works:
        authorize(by, "works.send_up", work)
    going = [work for work in works if work.sent_up_at is None]
    for work in going:
        _check(work)
    _check_room(going)
    moment, batch = now(), batch or new_batch()
    for work in going:
        _decide(work, "send_up", by, batch, f"已报{office_of(work.programme)}。", sent_up_at=moment, sent_up_by=by)
    return works


@transaction.atomic
def take_back_up(work, *, by, batch=None):
    """撤回, while nothing is known of an award there; the place of the quota is free again. Twice is once."""
    work = _locked().get(pk=work.pk)
    authorize(by, "works.send_up", work)
    if work.sent_up_at is None:
        return work
    office = office_of(work.programme)
    if work.upper_award:
        raise WrongState(f"{office}评的等级已经记下，不能撤回。记错了，先清掉等级。")
    _decide(work, "take_back_up", by, batch, f"区里从{office}撤回了。", sent_up_at=None, sent_up_by=None)
    return work


@transaction.atomic
def enter_upper_award(work, *, by, label, on=None, batch=None):
    """What the office above gave it, and on which day. The same twice is one; another corrects it."""
    work = _locked().get(pk=work.pk)
    authorize(by, "works.send_up", work)
    label, on = (label or "").strip(), on or today()
    if not label or len(label) > LONGEST:
        raise ValidationError({"label": NO_LABEL})
    office = office_of(work.programme)
    if work.sent_up_at is None:
        raise WrongState(f"还没有报{office}。先报上去，再记等级。")
    if on > today():
        raise ValidationError({"on": FUTURE})
    if on < local_date(work.sent_up_at):
        raise ValidationError({"on": f"{day(work.sent_up_at)}才报上去，改成这一天或以后的日期。"})
    if (work.upper_award, work.upper_award_on) == (label, on):
        return work
    _decide(
        work, "upper_award", by, batch, f"{office}评为{label}。", reason=f"市级{label}", upper_award=label, upper_award_on=on
    )
    return work


@transaction.atomic
def clear_upper_award(work, *, by, batch=None):
    """The award was noted by mistake. Twice is once."""
    work = _locked().get(pk=work.pk)
    authorize(by, "works.send_up", work)
    if not work.upper_award:
        return work
    said = f"{office_of(work.programme)}评的等级记错了，已清掉。"
    _decide(work, "upper_clear", by, batch, said, upper_award="", upper_award_on=None)
    return work


def export_upper(programme, works, *, by):
    """The list that goes along, as an open workbook; works in their order. The audit keeps number, rows and SHA-256."""
    authorize(by, "works.send_up")
    moment, number, file = now(), secrets.token_hex(4).upper(), BytesIO()
    write_table(
        file,
        title=f"{programme.title}报送{office_of(programme)}名单",
        subtitle=f"导出于{instant(moment)}",
        columns=[
            Column("序号", 6, "number"), Column("种类", 12), Column("题目", 36), Column("学校", 26), Column("作者", 10),
            Column("写的是谁", 10), Column("区级", 12), Column("报送日期", 12), Column("市级", 12), Column("评定日期", 12),
        ],
        rows=[
            [
                i, kind_label(work), listed_title(work), work.school.name, work.author.name,
                work.honoree.name if work.honoree else "", work.award, _on(work.sent_up_at), work.upper_award,
                _on(work.upper_award_on),
            ]
            for i, work in enumerate(works, start=1)
        ],
        sheet="名单",
        mark=internal_mark(by, moment, number),
        made_at=moment,
    )  # fmt: skip
    checksum = hashlib.sha256(file.getvalue()).hexdigest()
    record(programme, "upper.export", by=by, number=number, rows=len(works), sha256=checksum)
    file.seek(0)
    return file


# ── Parts ──


def _on(value):
    """2023-12-01, of an instant or a day."""
    if value is None:
        return ""
    return (local_date(value) if hasattr(value, "hour") else value).isoformat()


def _check(work):
    label, office = kind_label(work), office_of(work.programme)
    if not goes_on(work.programme, work.kind):
        raise WrongState(f"{label}不报{office}，活动设置里只到区里。")
    if not can_move(work, UPPER_MOVES, "send_up"):
        now_is = work.label_for(Side.DISTRICT)
        raise WrongState(f"《{listed_title(work)}》现在是“{now_is}”。区里推荐或表彰以后才能报{office}。")


def _check_room(going):
    """Of each kind no more than the notice lets the district send."""
    groups = {}
    for work in going:
        groups.setdefault((work.programme_id, work.kind), []).append(work)
    for works in groups.values():
        work = works[0]
        quota = city_quota(work.programme, work.kind)
        if quota.left is not None and len(works) > quota.left:
            raise WrongState(f"{kind_label(work)}报{office_of(work.programme)}{_room(quota, len(works))}")


def _room(quota, asked):
    if quota.left == 0:
        return f"的名额是{quota.limit}篇，已经报满了。要换一篇，先撤回一篇。"
    return f"的名额是{quota.limit}篇，还能报{quota.left}篇，选了{asked}篇。去掉{asked - quota.left}篇再报。"


def _locked():
    rows = Work.objects.select_for_update(of=("self",)).select_related("school", "author")
    return rows.prefetch_related("programme")  # one object for all, its settings read once


def _decide(work, verb, by, batch, said, *, reason="", **changes):
    text = f"{work.programme.short_title}，{work.author.name}的{kind_label(work)}：{said}"
    decide(
        work, UPPER_MOVES, verb, by=by, level=Level.DISTRICT, reason=reason, batch=batch, users=told(work), text=text,
        url=reverse("works:detail", args=[work.pk]), undoable=True, **changes,
    )  # fmt: skip
