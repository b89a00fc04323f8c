"""Random weeks at a school: whatever was written, voided, answered and concluded, hints say what the records say."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

import pytest

from honesty.actions.answer import answer
from honesty.actions.conclude import conclude, reopen
from honesty.actions.look import find, look
from honesty.enums import OPEN_STATES, REASONS, Finding, HintState
from honesty.models import Hint, HintVisit
from honesty.tests.factories import add_call, add_photo
from honesty.tests.test_look import OTHER, SAME, rows
from schools.models import Message
from schools.tests.factories import make_class_head
from students.tests.factories import make_student
from visits.actions.review import unvoid_visit, void_visit
from visits.enums import VisitState
from visits.models import Visit

pytestmark = pytest.mark.django_db

NIGHTS, ACTS = 8, 6
TEXTS = (SAME, OTHER, SAME + OTHER, "只有一句。", "")


class School:
    """What may happen there. Each act takes what it needs from the dice, or does nothing."""

    def __init__(self, dice, programme, school_class, teachers, leader):
        self.dice, self.programme, self.school_class = dice, programme, school_class
        self.teachers, self.leader = teachers, leader

    def live(self):
        acts = (self.write, self.write, self.write, self.rewrite, self.void, self.unvoid, self.answer, self.conclude, self.reopen)
        self.dice.choice(acts)()

    def write(self):
        dice = self.dice
        start = f"2022-09-{dice.randint(1, 4):02d} {dice.randint(8, 20):02d}:{dice.randrange(60):02d}"
        visit = add_call(
            self.programme, make_student(self.school_class), dice.choice(self.teachers), start, minutes=dice.choice((5, 40)),
            reflection=dice.choice(TEXTS),
        )  # fmt: skip
        if dice.random() < 0.3:
            add_photo(visit, sha=dice.choice("ab") * 64)

    def rewrite(self):
        if visit := self._one(Visit.objects.filter(state=VisitState.RECORDED)):
            Visit.objects.filter(pk=visit.pk).update(reflection=self.dice.choice(TEXTS))

    def void(self):
        if visit := self._one(Visit.objects.filter(state=VisitState.RECORDED)):
            void_visit(visit, by=self.leader, reason="重复")

    def unvoid(self):
        if visit := self._one(Visit.objects.filter(state=VisitState.VOIDED)):
            unvoid_visit(visit, by=self.leader, reason="弄错了")

    def answer(self):
        if hint := self._one(Hint.objects.open()):
            answer(hint, by=hint.teacher, reason=self.dice.choice(REASONS[hint.kind]), text="一句话")

    def conclude(self):
        if hint := self._one(Hint.objects.filter(state=HintState.ANSWERED)):
            conclude(hint, by=self.leader, finding=self.dice.choice(Finding.values))

    def reopen(self):
        if hint := self._one(Hint.objects.filter(state=HintState.CONCLUDED)):
            reopen(hint, by=self.leader)

    def _one(self, found):
        found = list(found.order_by("pk"))
        return self.dice.choice(found) if found else None


def check(programme, school):
    """Each finding is one hint, each open hint a finding; no record is asked about twice for the same thing."""
    visits = {}
    for row in HintVisit.objects.all():
        visits.setdefault(row.hint_id, {})[row.visit_id] = row.media_id
    hints = list(Hint.objects.filter(state__in=OPEN_STATES))
    told = Counter((hint.teacher_id, hint.kind, *sorted(visits[hint.pk].items(), key=str)) for hint in hints)
    found = find(programme, school)
    said = Counter((one.teacher, one.kind, *sorted(one.visits.items(), key=str)) for one in found)
    assert told <= said and max(told.values(), default=1) == 1
    least = programme.rules.hints.similar_records
    concluded = list(Hint.objects.filter(state=HintState.CONCLUDED))
    for one in (said - told).elements():
        mine = [hint for hint in concluded if (hint.teacher_id, hint.kind) == one[:2]]
        assert any(len(one[2:]) - hint.weight < least for hint in mine), one
    about = Counter(
        (hint.teacher_id, hint.kind, hint.key.partition(":")[0], visit)
        for hint in hints
        if hint.kind != "photo"
        for visit in visits[hint.pk]
    )
    assert max(about.values(), default=1) == 1


def notices(moment):
    """Of this night's look; a leader's conclusion tells in other words."""
    return Message.objects.filter(created_at=moment, text__startswith="有").count()


@pytest.mark.seed("S29")
@pytest.mark.parametrize("number", [1, 2, *(pytest.param(n, marks=pytest.mark.prove) for n in range(3, 40))])
def test_hints_say_what_the_records_say(number, programme, school, school_class, head, leader, settings):
    dice = Random(number)
    life = School(dice, programme, school_class, [head, make_class_head(school_class)], leader)
    moment = datetime.fromisoformat("2022-09-19T04:00+08:00")
    for _ in range(NIGHTS):
        for _ in range(ACTS):
            life.live()
        told = look(programme, school)
        assert notices(moment) == len({hint.teacher_id for hint in told})
        check(programme, school)
        before = rows()
        assert look(programme, school) == [] and rows() == before
        moment += timedelta(days=1)
        settings.HOMEVISIT_CLOCK = moment.isoformat()
