"""A million visits for a big district: evenings and weekends, several a pupil, schools far ahead and far behind."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from homevisit.demo import names, words
from homevisit.demo.tables import Table, finish
from homevisit.demo.texts import ANY_AGE, opinion, record_texts
from programmes.enums import Mode
from visits.enums import Answerer, VisitKind, VisitorRole, VisitState
from visits.models import Opinion, Visit, VisitStudent, VisitVisitor

EVENING = (17 * 60 + 30, 18 * 60, 18 * 60 + 30, 18 * 60 + 50, 19 * 60, 19 * 60 + 30, 20 * 60, 17 * 60)
WEEKEND = (9 * 60, 9 * 60 + 40, 10 * 60 + 30, 13 * 60 + 30, 14 * 60 + 20, 15 * 60 + 30, 16 * 60 + 40, 18 * 60 + 30)
MODES = [Mode.IN_PERSON] * 26 + [Mode.NEARBY] * 2 + [Mode.AT_SCHOOL, Mode.VIDEO, Mode.PHONE, Mode.PHONE]
ANSWERERS = [Answerer.ANSWERED] * 5 + [Answerer.ME] + [Answerer.SCHOOL] * 2
TEXTS = 4096
AFTER = 14  # visits go on for some days after the window closed: they are kept and do not count
COMPLETE = 0.05  # of the schools


@dataclass
class Moment:
    """Texts of days and clock times as the database stores instants, so that no date is computed a million times."""

    days: list
    clocks: list

    def at(self, day, minute):
        """minute of the day in Asia/Shanghai, 8:00 or later: the same day in UTC."""
        return f"{self.days[day]} {self.clocks[minute]}"


def write_visits(rng, district, total):
    """Exactly `total` visits. Returns {"visits", "reached": pupils in the plan of somebody}."""
    plan = Plan(rng, district, total)
    plan.write()
    return {"visits": total, "reached": plan.reached}


class Plan:
    def __init__(self, rng, district, total):
        self.rng, self.district, self.programme = rng, district, district.programme
        self.first = self.programme.starts_on
        self.window = (self.programme.ends_on - self.first).days + 1
        days = [self.first + timedelta(days=n) for n in range(self.window + AFTER + 10)]
        self.weekend = [day.weekday() > 4 for day in days]
        zone = "+00:00" if connection.vendor == "postgresql" else ""
        clocks = ["" if m < 480 else f"{m // 60 - 8:02d}:{m % 60:02d}:00{zone}" for m in range(24 * 60)]
        self.moment = Moment([day.isoformat() for day in days], clocks)
        self.where = {}
        self.events = self._events(total)

    def _events(self, total):
        """One number a visit, in order of days: day, a random part, pupil."""
        rng, reached = self.rng, []
        marked = self.district.marked
        for school in self.district.schools:
            rate = 1 if rng.random() < COMPLETE else min(0.995, rng.betavariate(6, 1.8))
            for place in school.classes:
                for pupil in place.pupils:
                    self.where[pupil] = (school, place)
                    if rng.random() < rate or (pupil in marked and rng.random() < rate):
                        reached.append(pupil)
        self.reached = min(total, len(reached))
        if total <= len(reached):
            calls = rng.sample(reached, total)
        else:
            weights = [3 if pupil in marked else 1 for pupil in reached]
            calls = reached + rng.choices(reached, weights, k=total - len(reached))
        last = self.window - 1
        events = []
        for pupil in calls:
            late = rng.random() < 0.01
            day = last + 1 + int(rng.random() * AFTER) if late else int(rng.triangular(0, last + 0.999, last * 0.6))
            events.append(day << 64 | rng.getrandbits(24) << 40 | pupil)
        return sorted(events)

    def _texts(self):
        """Columns of sentences; a visit takes one from each, so that few records are wholly alike."""
        rng = self.rng
        records = [
            record_texts(
                rng, kid=rng.choice(names.GIVEN_BOYS[:-12]), who=rng.choice(("mother", "father", "paternal", "maternal")),
                town=rng.choice(names.TOWNS), girl=False, theme=rng.choice(ANY_AGE),
            )
            for _ in range(TEXTS)
        ]  # fmt: skip
        return [[record[code] for record in records] for code in ("cause", "process", "analysis", "measures", "reflection")]

    def write(self):
        self.visit = Table(
            Visit, "client_uuid", "programme_id", "authority_id", "school_id", "lead_id", "kind", "mode", "state",
            "planned_at", "started_at", "ended_at", "visited_on", "student_present", "guardians_met", "cause", "process",
            "analysis", "measures", "reflection", "checklist", "gift_declined", "created_at", "recorded_at", "locked_at",
            "returned_at", "returned_by_id", "return_reason", "voided_at", "voided_by_id", "void_reason",
        )  # fmt: skip
        after = {"after": [self.visit]}
        self.student = Table(
            VisitStudent, "visit_id", "student_id", "programme_id", "authority_id", "school_id", "school_class_id",
            "mode", "visited_on", "counted", **after,
        )  # fmt: skip
        self.visitor = Table(VisitVisitor, "visit_id", "user_id", "role", **after)
        self.opinion = Table(
            Opinion, "visit_id", "authority_id", "school_id", "category", "text", "answerer", "created_at", "counted_in_id",
            **after,
        )
        rules = self.programme.rules
        self.texts = self._texts()
        self.counting = frozenset(rules.counted_modes)
        items = [item.code for group in rules.checklist for item in group.items]
        self.checklists = [
            "[" + ", ".join(f'"{code}"' for code in items if self.rng.random() < 0.5) + "]" for _ in range(64)
        ]
        self.opinions = [opinion(self.rng, rules.opinion_categories) for _ in range(256)]
        for event in self.events:
            self._one(event >> 64, event & (1 << 40) - 1)
        finish(self.visit, self.student, self.visitor, self.opinion)

    def _one(self, day, pupil):
        """All choices of a visit from one random number: a million calls of rng would take longer than the writing."""
        bits = self.rng.getrandbits(128)
        school, place = self.where[pupil]
        starts = (WEEKEND if self.weekend[day] else EVENING)[bits & 7] + (bits >> 3) % 19
        ends = starts + 21 + (bits >> 8) % 47
        mode = MODES[bits >> 14 & 31]
        lead = place.head if bits >> 19 & 3 else school.teachers[(bits >> 21) % len(school.teachers)]
        told = day + (0, 0, 1, 1, 1, 2, 3, 5)[bits >> 31 & 7]
        at = self.moment.at
        recorded = at(told, ends + 15) if told == day else at(told, 8 * 60 + (bits >> 34) % 720)
        texts = [column[bits >> 44 + 12 * n & TEXTS - 1] for n, column in enumerate(self.texts)]
        state, locked = VisitState.LOCKED, at(told + 2, 9 * 60)
        returned = voided = None
        fate = bits >> 104 & 255
        if fate < 2:
            state, locked, voided = VisitState.VOIDED, None, recorded
        elif fate < 4:
            state, locked, returned = VisitState.RECORDED, None, recorded
        elif told > self.window:
            state, locked = VisitState.RECORDED, None
        programme, authority = self.programme.pk, self.programme.authority_id
        marked = pupil in self.district.marked
        visit = self.visit.add(
            f"{bits:032x}", programme, authority, school.id, lead, VisitKind.PRIORITY if marked else VisitKind.UNIVERSAL,
            mode, state, at(day, starts) if bits >> 112 & 3 else None, at(day, starts), at(day, ends),
            self.moment.days[day], True, '["mother"]' if bits & 1 else '["mother", "father"]', *texts,
            self.checklists[bits >> 98 & 63], True, recorded, recorded, locked,
            returned, school.leader if returned else None, words.RETURNS[0] if returned else "",
            voided, school.leader if voided else None, words.VOIDS[0] if voided else "",
        )  # fmt: skip
        counted = state != VisitState.VOIDED and mode in self.counting and day < self.window
        sibling = self.district.siblings.get(pupil) if bits >> 114 & 1 else None
        for one in (pupil, sibling) if sibling else (pupil,):
            home = self.where[one][1]
            self.student.add(
                visit, one, programme, authority, school.id, home.id, mode, self.moment.days[day], counted
            )
        self.visitor.add(visit, lead, VisitorRole.LEAD)
        other = school.teachers[(bits >> 60) % len(school.teachers)]
        if bits >> 116 & 1 and other != lead:
            self.visitor.add(visit, other, VisitorRole.OTHER)
        if bits >> 117 & 7 == 0:
            category, text = self.opinions[bits >> 50 & 255]
            self.opinion.add(
                visit, authority, school.id, category, text, ANSWERERS[bits >> 120 & 7], recorded,
                programme if counted else None,
            )  # fmt: skip
