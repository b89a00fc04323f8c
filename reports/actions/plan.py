"""The school writes its plan: text, phases of its own, leading group. What becomes of it is filing.py's."""

from django.db import transaction

from core.access import authorize
from core.audit import record
from core.clock import now
from core.states import WrongState
from reports.actions.filing import open_filing
from reports.models import PlanMember, SchoolPlan
from reports.queries.plan import WRITABLE, colleagues

SETTLED = "方案已经审定或报送，要改先改回草稿。"


class Overtaken(Exception):
    """Somebody saved in between; plan: as it stands now."""

    def __init__(self, plan):
        super().__init__("别人刚保存过。")
        self.plan = plan


@transaction.atomic
def save_plan(programme, school, *, by, revision, content):
    """The whole text at once → SchoolPlan, made with the first save. The same again writes nothing.

    revision: the one the page was drawn from; raises Overtaken when another was saved since and says something else.
    content: as SchoolPlan.content().
    """
    plan, _ = open_filing(SchoolPlan, programme, school, by=by)
    plan = SchoolPlan.objects.select_for_update(of=("self",)).select_related("programme", "school").get(pk=plan.pk)
    authorize(by, "reports.write_filing", plan)
    if plan.state not in WRITABLE:
        raise WrongState(SETTLED)
    before = plan.content()
    if content == before:
        return plan
    if revision != plan.revision:
        raise Overtaken(plan)
    plan.title, plan.sections, plan.phases = content["title"], content["sections"], content["phases"]
    plan.revision += 1
    plan.updated_by, plan.updated_at = by, now()
    plan.save(update_fields=["title", "sections", "phases", "revision", "updated_by", "updated_at"])
    if content["members"] != before["members"]:
        _write_members(plan, content["members"])
    record(plan, "plan.save", by=by, fields=[name for name in content if content[name] != before[name]])
    return plan


def _write_members(plan, rows):
    """Rows are few and carry nothing but what stands in them: written anew in their order. A name that one colleague
    has is that colleague."""
    known = colleagues(plan.school_id)
    plan.members.all().delete()
    PlanMember.objects.bulk_create(
        PlanMember(plan=plan, position=position, user_id=known.get(row["name"]), **row)
        for position, row in enumerate(rows)
    )
