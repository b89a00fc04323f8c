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
THOUGHT = (
    "走进{kid}的家，才知道课堂上看不到的那一面。家长的话不多，句句都在{kid}身上。"
    "以后要多走几步，把每一家的难处记在心里，把能做的事一件一件做好。"
)
AGREED = (
    "和家里商量好三件事：每天留半小时说说学校里的事，周末一起出一次门，有难处先打电话给我。"
    "两周后再看{kid}做到了几样，做到的先夸，没做到的一起想办法。"
)
SAID = {
    HintKind.BUNCHED: (Reason.NEIGHBOURS, "这些家都在一个小区里，周末大家在家，一趟走完的。"),
    HintKind.ALIKE: (Reason.TEMPLATE, "写到后面偷了懒，用了前面的一段，会重写。"),
    HintKind.PHOTO: (Reason.TOGETHER, "三家约在一起，拍的是同一张。"),
}
OWN = "own"  # the hint of the class head who has a login: what a visitor sees first
# How far it has come, by school.
STORIES = (
    {OWN: "told", HintKind.BUNCHED: "answered", HintKind.ALIKE: "concluded", HintKind.PHOTO: "concluded"},
    {OWN: "concluded", HintKind.BUNCHED: "told", HintKind.ALIKE: "told", HintKind.PHOTO: "answered"},
)


class Doubts:
    """Of the schools that are shown: who hurried, who pasted, who copied."""

    def __init__(self, schools, staff, pupils):
        self.schools, self.staff = schools, staff
        heads = {school: self._heads(school, pupils) for school in schools}
        self.copied = {school: next(filter(_has_login, found)) for school, found in heads.items()}
        self.hurried, self.pasted = {}, {}
        for school, found in heads.items():
            self.hurried[school], self.pasted[school] = [head for head in found if not _has_login(head)][:2]

    def _heads(self, school, pupils):
        """Class heads of today, the one with the most pupils first."""
        places = Counter(place for pupil in pupils if (place := pupil.place_on(today())) and place.school_id == school.pk)
        classes = sorted(places, key=lambda place: (-places[place], place.pk))
        return [self.staff[school.pk].head_of(place) for place in classes]

    def plan_rush(self, season):
        """The weekend day on which each of these teachers will call on eleven families, three of them in passing."""
        day = _weekend(season)
        begins = timezone.make_aware(datetime.combine(day, FIRST))
        for head in self.hurried.values():
            season.rushes[head.pk] = [begins + n * EVERY for n in range(CALLS)]
            season.brief |= {(head.pk, start) for start in season.rushes[head.pk][:SHORT]}
            season.load[head.pk, day] = CALLS

    def copy_texts(self, run):
        """What some teachers wrote again and again, but for the child's name. Before the records are written."""
        own = defaultdict(dict)
        for pupil, visit in run.first_of.items():
            if visit.state in COUNTED_STATES and not visit.returned_at:
                own[visit.lead][visit.client_uuid] = visit, pupil
        for teachers, field, text, some in (
            (self.copied, "reflection", THOUGHT, slice(-COPIES, None)),
            (self.pasted, "measures", AGREED, slice(COPIES)),
        ):
            for teacher in teachers.values():
                for visit, pupil in sorted(own[teacher].values(), key=lambda pair: pair[0].recorded_at)[some]:
                    setattr(visit, field, text.format(kid=pupil.kid))

    def ask(self, programme):
        """Found as in the night after the last of its records, then answered and concluded as far as each story goes."""
        for school, story in zip(self.schools, STORIES, strict=True):
            self._repeat_photo(programme, school)
            look(programme, school)
            for hint in Hint.objects.filter(programme=programme, school=school).order_by("pk"):
                _date_back(hint)
                until = story[OWN if hint.teacher == self.copied[school] else hint.kind]
                _go_on(hint, until, self.staff[school.pk].leader)

    def _repeat_photo(self, programme, school):
        """One drawn picture in records of different families by one teacher, where the notice asks for photos."""
        if programme.rules.visit.photos == "off":
            return
        others = [self.hurried[school], self.pasted[school], self.copied[school]]
        rows = Visit.objects.filter(programme=programme, school=school, state__in=COUNTED_STATES)
        rows = rows.exclude(lead=self.staff[school.pk].leader)
        own = defaultdict(list)
        for visit in rows.order_by("-visited_on", "pk").select_related("lead").prefetch_related("visit_students__student"):
            own[visit.lead].append(visit)
        photos, sent = [], media.file_name(programme.code, school.code, "again")
        teacher = min(own, key=lambda teacher: (teacher in others, -len(own[teacher])))
        for visit in own[teacher][:PICTURED]:
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
    if until == "told" or hint.teacher_id == leader.pk:
        return
    reason, words = SAID[hint.kind]
    hint = answer(hint, by=hint.teacher, reason=reason, text=words)
    if until == "concluded":
        finding = Finding.MENDED if hint.kind == HintKind.ALIKE else Finding.FINE
        conclude(hint, by=leader, finding=finding, note="和老师当面看过记录。")
