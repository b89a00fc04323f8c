"""What the running copies have to ask about: a day of many calls, a text used again, a photo in several records. The records
are made so; the hints are then found, answered and concluded by the program's own acts."""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta
from random import Random

from django.utils import timezone

from core.clock import local_date, now, today
from homevisit.demo import media
from honesty.actions.answer import answer
from honesty.actions.conclude import conclude
from honesty.actions.look import look
from honesty.enums import Finding, HintKind, Reason
from honesty.models import Hint
from schools.calendar import workdays_after
from visits.enums import COUNTED_STATES
from visits.models import Media, Visit

CALLS, FIRST, EVERY = 11, time(8, 20), timedelta(minutes=66)
SHORT = 3  # of that day's calls
SOME_DAYS = 18  # before today, so that there was time to look into it
COPIES, PICTURED = 6, 3
COPIED = (
    "走进{kid}的家，才知道课堂上看不到的那一面。家长的话不多，句句都在{kid}身上。"
    "以后要多走几步，把每一家的难处记在心里，把能做的事一件一件做好。"
)
SAID = {
    HintKind.BUNCHED: (Reason.NEIGHBOURS, "这些家都在一个小区里，周末大家在家，一趟走完的。"),
    HintKind.ALIKE: (Reason.TEMPLATE, "写到后面偷了懒，用了前面的一段，会重写。"),
    HintKind.PHOTO: (Reason.TOGETHER, "三家约在一起，拍的是同一张。"),
}
# How far it has come, by school; what is not named waits for its teacher.
STORIES = (
    {HintKind.BUNCHED: "answered", HintKind.PHOTO: "concluded"},
    {HintKind.ALIKE: "concluded", HintKind.PHOTO: "answered"},
)


class Doubts:
    """Of the schools that are shown: who hurried, who copied."""

    def __init__(self, schools, staff, pupils):
        self.schools, self.staff = schools, staff
        self.hurried = {school: self._head_of_many(school, pupils) for school in schools}
        self.copied = {school: self._head_with_login(school) for school in schools}

    def _head_of_many(self, school, pupils):
        """The class head with the most pupils whose account is no showcase."""
        places = Counter(place for pupil in pupils if (place := pupil.place_on(today())) and place.school_id == school.pk)
        classes = sorted(places, key=lambda place: (-places[place], place.pk))
        return next(head for head in map(self.staff[school.pk].head_of, classes) if not _has_login(head))

    def _head_with_login(self, school):
        return next(head for head in self.staff[school.pk].heads.values() if _has_login(head))

    def plan_rush(self, season):
        """The weekend day on which each of these teachers will call on eleven families, three of them in passing."""
        day = _weekend(season)
        begins = timezone.make_aware(datetime.combine(day, FIRST))
        for head in self.hurried.values():
            season.rushes[head.pk] = [begins + n * EVERY for n in range(CALLS)]
            season.brief |= {(head.pk, start) for start in season.rushes[head.pk][:SHORT]}
            season.load[head.pk, day] = CALLS

    def copy_texts(self, run):
        """One reflection in a teacher's latest records, but for the child's name. Before they are written."""
        own = defaultdict(dict)
        for pupil, visit in run.first_of.items():
            if visit.state in COUNTED_STATES and not visit.returned_at:
                own[visit.lead][visit.client_uuid] = visit, pupil
        for teacher in self.copied.values():
            latest = sorted(own[teacher].values(), key=lambda pair: pair[0].recorded_at)[-COPIES:]
            for visit, pupil in latest:
                visit.reflection = COPIED.format(kid=pupil.kid)

    def ask(self, programme):
        """Found as in the night after the last of its records, then answered and concluded as far as each story goes."""
        for school, story in zip(self.schools, STORIES, strict=True):
            self._repeat_photo(programme, school)
            look(programme, school)
            for hint in Hint.objects.filter(programme=programme, school=school).order_by("pk"):
                _date_back(hint)
                _go_on(hint, story.get(hint.kind), self.staff[school.pk].leader)

    def _repeat_photo(self, programme, school):
        """One drawn picture in records of different families by one teacher, where the notice asks for photos."""
        if programme.rules.visit.photos == "off":
            return
        besides = [self.hurried[school], self.copied[school], self.staff[school.pk].leader]
        rows = Visit.objects.filter(programme=programme, school=school, state__in=COUNTED_STATES).exclude(lead__in=besides)
        own = defaultdict(list)
        for visit in rows.order_by("-visited_on", "pk").select_related("lead").prefetch_related("visit_students__student"):
            own[visit.lead].append(visit)
        photos, sent = [], media.file_name(programme.code, school.code, "again")
        for visit in max(own.values(), key=len)[:PICTURED]:
            media.consent(visit)
            photos.append(media.photo(Random(sent), visit))
            photos[-1].source_sha256 = sent
        Media.objects.bulk_create(photos)


def _has_login(user):
    return "." in user.username


def _weekend(season):
    """The last Saturday or Sunday that lies some days back."""
    back = season.days[: -SOME_DAYS + 1] or season.days[:1]
    return next((day for day in reversed(back) if day.weekday() > 4), back[-1])


def _date_back(hint):
    last = max(hint.hint_visits.values_list("visit__recorded_at", flat=True))
    night = datetime.combine(local_date(last) + timedelta(days=1), time(4))
    hint.found_at = min(timezone.make_aware(night), now())
    hint.leader_from = workdays_after(hint.found_at, hint.programme.rules.hints.teacher_workdays)
    hint.save(update_fields=["found_at", "leader_from"])


def _go_on(hint, until, leader):
    if until is None or hint.teacher_id == leader.pk:
        return
    reason, words = SAID[hint.kind]
    hint = answer(hint, by=hint.teacher, reason=reason, text=words)
    if until == "concluded":
        finding = Finding.MENDED if hint.kind == HintKind.ALIKE else Finding.FINE
        conclude(hint, by=leader, finding=finding, note="和老师当面看过记录。")
