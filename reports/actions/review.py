"""The desk's acts on what is filed, one word for each verb: works, plans and reports alike, alone or many.

Works decide in works.actions.district, plans and reports in reports.actions.filing; the review page and the
administration ask here.
"""

from django.db import transaction

from core.access import authorize
from reports.actions.filing import accept_filing, recommend_filing, return_filing
from reports.models import SchoolPlan, SchoolReport
from schools.actions.decide import new_batch
from works.actions.district import (
    accept_work,
    award_work,
    decide_many,
    return_to_school,
    shortlist_work,
    undo_batch,
)
from works.models import Work

OF_WORK = {"accept": accept_work, "return": return_to_school, "recommend": shortlist_work, "award": award_work}
OF_FILING = {"accept": accept_filing, "return": return_filing, "recommend": recommend_filing}
ACTS = {Work: OF_WORK, SchoolReport: OF_FILING, SchoolPlan: OF_FILING}


def decide_one(obj, verb, *, by, version=None, was=None, batch=None, **facts):
    """accept, return (reason=), recommend, award (label=) → the row as it stands."""
    return ACTS[type(obj)][verb](obj, by=by, version=version, was=was, batch=batch, **facts)


def decide_rows(rows, verb, *, by, **facts):
    """The verb on many rows of one model → (Outcome, batch). rows: a queryset in the person's scope."""
    batch = new_batch()
    ids = list(rows.order_by().values_list("pk", flat=True))
    every = rows.model.objects.visible_to(by).filter(filed_at__isnull=False)
    return decide_many(every, ids, ACTS[rows.model][verb], by=by, batch=batch, **facts), batch


@transaction.atomic
def undo_decisions(batch, *, by):
    """撤销 of one decision or of one act on many, within ten seconds → [Outcome], one a kind of paper."""
    return [undo_batch(model, batch, by=by, lock=_lock(model, by)) for model in ACTS]


def _lock(model, by):
    perm = "works.decide" if model is Work else "reports.decide_filing"

    def lock(pk):
        row = model.objects.select_for_update(of=("self",)).get(pk=pk)
        authorize(by, perm, row)
        return row

    return lock
