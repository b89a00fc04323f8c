"""补报: one school may hand in one paper after the notice's deadline, until a day the district gives."""

from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core.access import authorize
from core.audit import record
from core.clock import now
from core.formats import day, instant
from programmes.models import LatePass
from programmes.queries.window import window
from schools.actions.message import tell
from schools.models import School
from works.queries.school import office

NOT_ASKED = "这次活动不收这项材料，换一项。"
NO_DEADLINE = "这项没有截止时间，随时可以报，不用开通补报。"
PAST = "这一天已经过了，改成以后的日子。"
NO_REASON = "写明开通补报的原因。"
ELSEWHERE = "这所学校不在这次活动里，换一所。"


@transaction.atomic
def give_late_pass(programme, school, *, by, submission, until, reason):
    """until: the last day, to its end in Shanghai. Another one in force for the same paper is taken back.

    The same pass twice is one. The school's office is told.
    """
    authorize(by, "works.give_late_pass", school)
    School.objects.select_for_update(of=("self",), no_key=True).get(pk=school.pk)
    reason = (reason or "").strip()
    end = timezone.make_aware(datetime.combine(until + timedelta(days=1), time()))
    if errors := _errors(programme, school, submission, end, reason):
        raise ValidationError(errors)
    rows = LatePass.objects.select_for_update(of=("self",)).standing()
    standing = rows.filter(programme=programme, school=school, submission=submission).first()
    if standing and (standing.until, standing.reason, standing.given_by_id) == (end, reason, by.pk):
        return standing
    if standing:
        _take_back(standing)
    given = LatePass.objects.create(
        programme=programme, authority_id=school.authority_id, school=school, submission=submission, until=end,
        reason=reason, given_by=by,
    )  # fmt: skip
    record(given, "late_pass.give", by=by, submission=submission, until=end.isoformat(), reason=reason)
    _tell(given, f"区里开通了补报，到{instant(end)}。")
    return given


@transaction.atomic
def revoke_late_pass(late_pass, *, by):
    """收回: the notice's deadline holds again. What was filed meanwhile stays. Twice is once."""
    rows = LatePass.objects.select_for_update(of=("self",)).select_related("school", "programme")
    late_pass = rows.get(pk=late_pass.pk)
    authorize(by, "works.give_late_pass", late_pass.school)
    if late_pass.revoked_at is None:
        _take_back(late_pass)
        record(late_pass, "late_pass.revoke", by=by, submission=late_pass.submission)
        _tell(late_pass, "区里收回了补报。")
    return late_pass


def label_of_paper(programme, code):
    return next((one.label for one in programme.rules.submissions if one.code == code), code)


def _errors(programme, school, submission, end, reason):
    errors, place = {}, window(programme, school.pk, submission)
    if school.authority_id != programme.authority_id:
        errors["school"] = ELSEWHERE
    if submission not in {one.code for one in programme.rules.submissions}:
        errors["submission"] = NOT_ASKED
    elif place.deadline is None:
        errors["submission"] = NO_DEADLINE
    elif end <= place.deadline:
        errors["until"] = f"原来就报到{day(place.deadline - timedelta(seconds=1))}，补报要晚于这一天。"
    elif end <= now():
        errors["until"] = PAST
    if not reason:
        errors["reason"] = NO_REASON
    elif len(reason) > LatePass._meta.get_field("reason").max_length:
        errors["reason"] = "原因最多200字。"
    return errors


def _take_back(late_pass):
    late_pass.revoked_at = now()
    late_pass.save(update_fields=["revoked_at"])


def _tell(late_pass, said):
    label = label_of_paper(late_pass.programme, late_pass.submission)
    text = f"{late_pass.programme.short_title}的{label}，{said}"
    tell(office(late_pass.school_id), text, url=reverse("works:school"), about=late_pass)
