"""等级 of a closed round: suggested by places, decided by whoever runs it, written to the works."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from core.audit import record
from core.states import WrongState
from visits.actions.review import Outcome
from works.actions.district import award_work
from works.actions.judging import locked_round
from works.actions.results import suggest
from works.actions.school import give_school_award
from works.enums import Level, RoundState
from works.models import Entry, Work
from works.queries.judging import written

NOT_CLOSED = "评选还没有结束，先结束评分。"
GIVEN = "等级已经写入作品，不能再改名额。"


@transaction.atomic
def set_places(round_, *, by, places):
    """places: {label: how many, None for as many as one likes}. Every entry's suggestion is made anew."""
    round_ = _closed(round_)
    if written(round_).exists():
        raise WrongState(GIVEN)
    round_.awards = [{**award, "places": places.get(award["label"])} for award in round_.awards]
    round_.save(update_fields=["awards"])
    labels, _ = suggest(dict(Entry.objects.filter(round=round_).values_list("pk", "place")), round_.awards)
    entries = Entry.objects.filter(round=round_)
    entries.update(award="")
    for label in {award["label"] for award in round_.awards}:
        entries.filter(pk__in=[pk for pk, given in labels.items() if given == label]).update(award=label)
    record(round_, "round.places", by=by)
    return round_


@transaction.atomic
def choose_awards(round_, *, by, chosen):
    """chosen: {entry id: label or ""} of some entries; what is written already stays → how many changed."""
    round_ = _closed(round_)
    labels = {award["label"] for award in round_.awards} | {""}
    if set(chosen.values()) - labels:
        raise ValidationError("没有这个等级，重选一次。")
    fixed = set(written(round_).values_list("pk", flat=True))
    changed = 0
    for label in labels:
        ids = [pk for pk, given in chosen.items() if given == label and pk not in fixed]
        changed += Entry.objects.filter(round=round_, pk__in=ids).exclude(award=label).update(award=label)
    if changed:
        record(round_, "round.awards", by=by, count=changed)
    return changed


def give_awards(round_, *, by):
    """Write every chosen 等级 to its work → Outcome {work id: sentence}. Each by the act of its own level, with its
    rules; what is written already stays, what is refused is told and can be tried again."""
    with transaction.atomic():
        round_ = _closed(round_)
        done = set(written(round_).values_list("work_id", flat=True))
    rows = Entry.objects.filter(round=round_).exclude(award="").exclude(work_id__in=done)
    by_label = {}
    for work_id, label in rows.values_list("work_id", "award"):
        by_label.setdefault(label, []).append(work_id)
    outcome = Outcome()
    give = give_school_award if round_.level == Level.SCHOOL else award_work
    for label, ids in sorted(by_label.items()):
        _give(give, ids, label, by, outcome)
    record(round_, "round.awards_given", by=by, count=len(outcome.done), refused=len(outcome.refused))
    return outcome


def _give(give, ids, label, by, outcome):
    for work in Work.objects.visible_to(by).filter(pk__in=ids).order_by("pk"):
        try:
            outcome.done.append(give(work, by=by, label=label))
        except WrongState as refused:
            outcome.refused[work.pk] = str(refused)
        except ValidationError as refused:
            outcome.refused[work.pk] = refused.messages[0]
        except PermissionDenied:
            outcome.refused[work.pk] = "自己的、本校的作品由别人来定等级。"


def _closed(round_):
    round_ = locked_round(round_.pk)
    if round_.state != RoundState.CLOSED:
        raise WrongState(NOT_CLOSED)
    return round_
