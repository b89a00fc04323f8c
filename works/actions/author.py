"""The author's side of a work: begun from a visit, saved while written, handed in, taken back."""

import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.audit import record
from core.clock import now
from core.states import WrongState
from programmes.config.schema import WorkKind as KindRule
from programmes.enums import ProgrammeState
from schools.actions.decide import decide
from schools.enums import Role
from schools.models import Post
from visits.enums import COUNTED_STATES
from works.enums import EDITABLE_STATES, WORK_MOVES, WorkKind, WorkState
from works.models import Work, WorkVersion
from works.queries.alias import names_in, outside, seal, sealed
from works.queries.facts import seal_facts
from works.queries.mine import author_url, kind_rule, my_visits, nominees, review_url

TEXTS = ("title", "body", "may_publish", "named")
# What the school and the district said of an earlier submission: kept in Decision.before and WorkVersion.
FORGOTTEN = {
    "returned_at": None, "returned_by": None, "returned_level": "", "return_reason": "",
    "approved_at": None, "approved_by": None, "approver_confirmed_at": None, "opinion": "", "opinion_on": None,
    "school_order": None, "filed_at": None, "filed_by": None, "late": False, "accepted_at": None, "accepted_by": None,
    "shortlisted_at": None, "shortlisted_by": None,
}  # fmt: skip
CLOSED = "这次活动已经结束，不能再写新的了。"
NOT_ASKED = "这次活动不征集这一种。"
NO_VISIT = "选一条自己去过、已经提交的家访记录。"
VISIT_GONE = "这次家访的记录已经作废，或者不在这次活动里。换一条记录再提交。"
HAS_STORY = "这次家访已经有一篇感人故事了，每次家访一篇。"
SENT = "已经提交了，不能再改。要改就先撤回。"


class Changed(WrongState):
    """Saved from elsewhere since this page was opened. work: as it stands now; nothing was overwritten."""

    def __init__(self, work):
        super().__init__("这篇文字在别处也改过，没有覆盖。")
        self.work = work


# ── Begin ──


def start_work(programme, *, by, kind, visit=None, honoree=None, client_uuid=None):
    """A draft → (work, created). Once for a client_uuid, and once for a story of a visit.

    ValidationError: {"kind" | "visit" | "honoree": sentence}.
    """
    client_uuid = client_uuid or uuid.uuid4()
    for _ in range(2):  # the second time around the row of the other request is there
        if found := _begun(by, kind, visit, client_uuid):
            return found, False
        try:
            return _start(programme, by, kind, visit, honoree, client_uuid), True
        except IntegrityError:
            continue
    raise ValidationError({"visit": HAS_STORY})


def _begun(by, kind, visit, client_uuid):
    if found := Work.objects.filter(client_uuid=client_uuid, author=by).first():
        return found
    if kind != WorkKind.STORY or visit is None:
        return None
    story = Work.objects.filter(kind=kind, visit=visit).exclude(state=WorkState.WITHDRAWN).first()
    if story is not None and story.author_id != by.pk:
        raise ValidationError({"visit": HAS_STORY})
    return story


@transaction.atomic
def _start(programme, by, kind, visit, honoree, client_uuid):
    if programme.state != ProgrammeState.OPEN:
        raise WrongState(CLOSED)
    rule = kind_rule(programme, kind)
    if rule is None:
        raise ValidationError({"kind": NOT_ASKED})
    if visit is None and rule.hangs_on_visit or visit is not None and not _is_mine(visit, programme, by):
        raise ValidationError({"visit": NO_VISIT})
    if kind != WorkKind.DEEDS or honoree is not None and honoree.pk == by.pk:
        honoree = None  # one's own deeds need no second person
    work = Work.objects.create(
        client_uuid=client_uuid, programme=programme, authority_id=programme.authority_id, kind=kind, author=by,
        school_id=_school_for(by, visit, honoree), visit=visit, honoree=honoree,
    )  # fmt: skip
    record(work, "work.start", by=by, kind=kind, visit=work.visit_id)
    return work


def _is_mine(visit, programme, by):
    return my_visits(by, programme).filter(pk=visit.pk).exists()


def _school_for(by, visit, honoree):
    """The visit's, else one the author works at; the honoree works there too."""
    schools = [visit.school_id] if visit else sorted(by.reach.staff_schools)
    if honoree is None:
        return schools[0]
    for school_id in schools:
        if nominees(school_id).filter(pk=honoree.pk).exists():
            return school_id
    raise ValidationError({"honoree": "选一位本校在职的老师。"})


# ── Write ──


@transaction.atomic
def save_work(work, *, by, revision, **texts):
    """Keep what is typed → the work. texts: any of title, body, may_publish, named, visit.

    Raises Changed when the text was saved from elsewhere since `revision`, unless it says the same; WrongState when it
    has been handed in. The same save twice is one.
    """
    work = _locked(work)
    if work.state not in EDITABLE_STATES:
        raise WrongState(SENT)
    changed = [name for name in TEXTS if name in texts and getattr(work, name) != texts[name]]
    if "visit" in texts and getattr(texts["visit"], "pk", None) != work.visit_id:
        _check_visit(work, texts["visit"], by)
        changed.append("visit")
    if not changed:
        return work
    if revision != work.revision:
        raise Changed(work)
    for name in changed:
        setattr(work, name, texts[name])
    work.revision += 1
    work.updated_at = now()
    work.save(update_fields=[*changed, "revision", "updated_at"])
    if "visit" in changed:
        record(work, "work.visit", by=by, visit=work.visit_id)
    return work


def _check_visit(work, visit, by):
    rule = rule_of(work)
    if visit is None:
        if rule.hangs_on_visit:
            raise ValidationError({"visit": NO_VISIT})
        return
    if visit.school_id != work.school_id or not _is_mine(visit, work.programme, by):
        raise ValidationError({"visit": NO_VISIT})
    others = Work.objects.filter(kind=WorkKind.STORY, visit=visit).exclude(state=WorkState.WITHDRAWN)
    if work.kind == WorkKind.STORY and others.exclude(pk=work.pk).exists():
        raise ValidationError({"visit": HAS_STORY})


def rule_of(work):
    """What the programme says of this kind; a kind it no longer asks for keeps its usual limits."""
    return kind_rule(work.programme, work.kind) or KindRule(code=work.kind, label=work.get_kind_display())


# ── Hand in, take back ──


@transaction.atomic
def submit_work(work, *, by, confirmed=False):
    """To the school, as a version of its own; the leaders are told. Late is no matter here: filing has the window.

    ValidationError: {field: sentence}. The same submission twice is one.
    """
    work = _locked(work)
    if work.state == WorkState.SUBMITTED and work.author_id == by.pk:
        return work
    if work.state not in EDITABLE_STATES:
        raise WrongState(SENT)
    if mistakes := hindrances(work, confirmed):
        raise ValidationError(mistakes)
    moment = now()
    aliases = sealed(work) | names_in(work, f"{work.title}\n{work.body}")  # earlier versions can be read too
    work.facts, work.aliases = seal_facts(work), seal(aliases)
    work.save(update_fields=["facts", "aliases"])
    again = "重新" if work.version else ""
    decide(
        work, WORK_MOVES, "submit", by=by, level="author", users=leaders(work.school_id, but=by),
        text=f"{by.name}{again}交来{rule_of(work).label}{called(work)}，等学校看。", url=review_url(work),
        **FORGOTTEN | {
            "version": work.version + 1, "submitted_at": moment, "updated_at": moment,
            "author_confirmed_at": moment if confirmed else None, "withdrawn_at": None,
        },
    )  # fmt: skip
    WorkVersion.objects.create(
        work=work, number=work.version, title=work.title, body=work.body, facts=work.facts, submitted_at=moment,
        submitted_by=by,
    )  # fmt: skip
    return work


def called(work):
    """《阳台上的作文》 for a notice, which never names a pupil."""
    return f"《{outside(work, work.title)}》"


def hindrances(work, confirmed):
    """{field: sentence} of what is missing before it can be handed in."""
    rule, found = rule_of(work), {}
    if not work.title.strip():
        found["title"] = "还没有写题目。"
    length = len("".join(work.body.split()))
    if not length:
        found["body"] = f"还没有写{rule.label}。"
    elif length > rule.max_chars:
        found["body"] = f"现在{length}字，最多{rule.max_chars}字，删去{length - rule.max_chars}字再提交。"
    if rule.hangs_on_visit and work.visit is None:
        found["visit"] = NO_VISIT
    elif work.visit is not None and not _stands(work):
        found["visit"] = VISIT_GONE
    if needs_confirmation(work) and not confirmed:
        found["confirmed"] = "勾选后才能提交：内容真实，是亲身经历的。"
    return found


def needs_confirmation(work):
    """The database asks it of every story (S62), the programme of what else it likes."""
    return work.kind == WorkKind.STORY or rule_of(work).truth_statement


def _stands(work):
    visit, programme = work.visit, work.programme
    is_inside = visit.programme_id == programme.pk and programme.counts_on(visit.visited_on)
    return visit.state in COUNTED_STATES and is_inside


@transaction.atomic
def withdraw_work(work, *, by):
    """Out of the school's hands, whatever it said so far. The same act twice is one."""
    work = _locked(work)
    if work.state == WorkState.WITHDRAWN:
        return work
    told = leaders(work.school_id, but=by) if work.state in (WorkState.SUBMITTED, WorkState.APPROVED) else ()
    decide(
        work, WORK_MOVES, "withdraw", by=by, level="author", users=told, url=author_url(work),
        text=f"{by.name}撤回了{rule_of(work).label}{called(work)}。" if told else "",
        **FORGOTTEN | {"withdrawn_at": now()},
    )  # fmt: skip
    return work


@transaction.atomic
def reopen_work(work, *, by):
    """Write on at what was taken back. The same act twice is one."""
    work = _locked(work)
    if work.state == WorkState.DRAFT:
        return work
    others = Work.objects.filter(kind=WorkKind.STORY, visit=work.visit_id).exclude(state=WorkState.WITHDRAWN)
    if work.state == WorkState.WITHDRAWN and work.kind == WorkKind.STORY and others.exists():
        raise WrongState(HAS_STORY)
    decide(work, WORK_MOVES, "reopen", by=by, level="author", withdrawn_at=None)
    return work


def leaders(school_id, *, but=None):
    """Ids of the leaders of the school, without the one who acts."""
    posts = Post.objects.active().filter(role=Role.SCHOOL_LEADER, school_id=school_id, user__is_active=True)
    return list(posts.exclude(user_id=getattr(but, "pk", None)).values_list("user_id", flat=True).distinct())


def _locked(work):
    rows = Work.objects.select_for_update(of=("self",))
    return rows.select_related("programme", "author", "honoree", "visit", "school").get(pk=work.pk)


# ── The person behind it ──


@transaction.atomic
def correct_facts(user, **values):
    """The person's own gender, birth_month, position, politics, phone, as the form of 附件1 prints them."""
    changed = [name for name, value in values.items() if getattr(user, name) != value]
    if changed:
        for name in changed:
            setattr(user, name, values[name])
        user.save(update_fields=changed)
        record(
            user, "user.facts", by=user, authority_id=user.home_authority_id, fields=changed,
            school_id=min(user.reach.staff_schools, default=None),
        )  # fmt: skip
    return user
