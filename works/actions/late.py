"""补报: one school may hand in one paper after the notice's deadline, until a day the district gives."""

from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core.access import authorize
from core.audit import record, record_each
from core.clock import now
from core.formats import day, instant
from programmes.models import LatePass
from programmes.queries.current import address_for
from programmes.queries.window import window
from schools.actions.message import tell_about
from schools.models import School
from works.queries.school import offices

NOT_ASKED = "这次活动不收这项材料，换一项。"
NO_DEADLINE = "这项没有截止时间，随时可以报，不用开通补报。"
PAST = "这一天已经过了，改成以后的日子。"
NO_REASON = "写明开通补报的原因。"
ELSEWHERE = "这所学校不在这次活动里，换一所。"


def give_late_pass(programme, school, *, by, submission, until, reason):
    """until: the last day, to its end in Shanghai. Another one in force for the same paper is taken back.

    The same pass twice is one. The school's office is told.
    """
    return give_late_passes(programme, [school], by=by, submission=submission, until=until, reason=reason)[0]


@transaction.atomic
def give_late_passes(programme, schools, *, by, submission, until, reason):
    """give_late_pass() for many schools: all or none, in a number of statements that does not grow with them."""
    for school in schools:
        authorize(by, "works.give_late_pass", school)
    ids = [school.pk for school in schools]
    list(School.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    reason = (reason or "").strip()
    end = timezone.make_aware(datetime.combine(until + timedelta(days=1), time()))
    if errors := _errors(programme, schools, submission, end, reason):
        raise ValidationError(errors)
    rows = LatePass.objects.select_for_update(of=("self",)).standing()
    standing = {row.school_id: row for row in rows.filter(programme=programme, school__in=ids, submission=submission)}
    same = {pk: row for pk, row in standing.items() if (row.until, row.reason, row.given_by_id) == (end, reason, by.pk)}
    _take_back([row for pk, row in standing.items() if pk not in same])
    given = LatePass.objects.bulk_create(
        LatePass(
            programme=programme, authority_id=school.authority_id, school=school, submission=submission, until=end,
            reason=reason, given_by=by,
        )
        for school in schools if school.pk not in same
    )  # fmt: skip
    record_each(given, "late_pass.give", by=by, submission=submission, until=end.isoformat(), reason=reason)
    _tell(programme, given, f"区里开通了补报，到{instant(end)}。")
    by_school = same | {row.school_id: row for row in given}
    return [by_school[pk] for pk in ids]


@transaction.atomic
def revoke_late_pass(late_pass, *, by):
    """收回: the notice's deadline holds again. What was filed meanwhile stays. Twice is once."""
    rows = LatePass.objects.select_for_update(of=("self",)).select_related("school", "programme")
    late_pass = rows.get(pk=late_pass.pk)
    authorize(by, "works.give_late_pass", late_pass.school)
    if late_pass.revoked_at is None:
        _take_back([late_pass])
        record(late_pass, "late_pass.revoke", by=by, submission=late_pass.submission)
        _tell(late_pass.programme, [late_pass], "区里收回了补报。")
    return late_pass


def label_of_paper(programme, code):
    return next((one.label for one in programme.rules.submissions if one.code == code), code)


def _errors(programme, schools, submission, end, reason):
    errors, place = {}, window(programme, None, submission)  # the notice's own day
    if any(school.authority_id != programme.authority_id for school in schools):
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


def _take_back(passes):
    for late_pass in passes:
        late_pass.revoked_at = now()
    LatePass.objects.bulk_update(passes, ["revoked_at"])


def _tell(programme, passes, said):
    """The office of each school. passes: of one paper."""
    if not passes:
        return
    text = f"{programme.short_title}的{label_of_paper(programme, passes[0].submission)}，{said}"
    told, url = offices([row.school_id for row in passes]), reverse("works:school")
    tell_about(
        [
            (told.get(row.school_id, []), address_for(f"{url}?school={row.school_id}", programme), row)
            for row in passes
        ],
        text,
    )
