"""Photos and films as pages show them. Links in them are the asking person's own and hold for five minutes."""

import uuid
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from core.access import allowed
from core.audit import record
from core.media.kinds import MediaKind
from students.enums import ConsentPurpose
from students.models import Consent
from visits.enums import MediaState, VisitState
from visits.media.links import link
from visits.models import Media, VisitStudent


@dataclass(frozen=True)
class Tile:
    """One photo or film: thumb, full are addresses once it can be seen."""

    media: Media
    thumb: str
    full: str
    may_remove: bool

    @property
    def is_waiting(self):
        return self.media.state == MediaState.WAITING

    @property
    def is_refused(self):
        return self.media.state == MediaState.REFUSED

    @property
    def is_video(self):
        return self.media.kind == MediaKind.VIDEO


@dataclass(frozen=True)
class OfVisit:
    """What the record's page shows. withheld: how many are not shown since a family took its consent back, told to
    the author and the leader; may_clear: the leader may delete them."""

    tiles: list = field(default_factory=list)
    withheld: int = 0
    may_clear: bool = False


def tile(user, media):
    ready = media.state == MediaState.READY
    open_record = media.visit is None or media.visit.state not in (VisitState.LOCKED, VisitState.VOIDED)
    return Tile(
        media,
        thumb=link("visits:thumb", media, user) if ready else "",
        full=link("visits:photo", media, user) if ready else "",
        may_remove=media.school_id in user.reach.leader_schools or (media.owner_id == user.pk and open_record),
    )


def of_form(user, client_uuid):
    """Tiles of what the author has sent for this form, before it is submitted and while it is corrected."""
    try:
        number = uuid.UUID(str(client_uuid))
    except ValueError:
        return []
    rows = Media.objects.filter(owner=user, client_uuid=number).exclude(state=MediaState.REMOVED)
    return [tile(user, media) for media in rows.select_related("visit")]


def of_visit(user, visit):
    """Tiles of a record for whoever may see photos of it. That colleagues' photos were shown is written down, one
    line a page (security.md L1)."""
    if visit.programme.rules.visit.photos == "off":
        return OfVisit()
    rows = list(Media.objects.visible_to(user).filter(visit=visit).standing())
    if not rows:
        return OfVisit()
    for media in rows:
        media.visit = visit
    if is_withheld(visit.pk):
        told = user.pk == visit.lead_id or visit.school_id in user.reach.leader_schools
        return OfVisit(withheld=len(rows) if told else 0, may_clear=allowed(user, "visits.clear_media", visit))
    others = [media.pk for media in rows if media.owner_id != user.pk and media.state == MediaState.READY]
    if others:
        record(visit, "media.thumbs", by=user, count=len(others), media=others)
    return OfVisit([tile(user, media) for media in rows])


def of_records(user, visits, ids, *, about):
    """{media id: Tile} of photos of several records that a page lays side by side, for whoever may see them; none of a
    family that took its consent back. One line in the log a page, about the row the page is of."""
    rows = Media.objects.visible_to(user).filter(pk__in=ids, visit__in=visits, state=MediaState.READY)
    withheld = withheld_among([visit.pk for visit in visits])
    known = {visit.pk: visit for visit in visits if visit.programme.rules.visit.photos != "off"}
    shown = [media for media in rows if media.visit_id in known and media.visit_id not in withheld]
    for media in shown:
        media.visit = known[media.visit_id]
    others = [media.pk for media in shown if media.owner_id != user.pk]
    if others:
        record(about, "media.thumbs", by=user, count=len(others), media=others)
    return {media.pk: tile(user, media) for media in shown}


def is_withheld(visit_id):
    """A family that was visited has taken its consent back, and not given it anew."""
    return bool(withheld_among([visit_id]))


def withheld_among(visit_ids):
    rows = Consent.objects.filter(student_id=OuterRef("student_id"), purpose=ConsentPurpose.PHOTO)
    taken_back = Exists(rows.filter(withdrawn_at__isnull=False))
    standing = Exists(rows.filter(withdrawn_at__isnull=True))
    rows = VisitStudent.objects.filter(taken_back, ~standing, visit_id__in=visit_ids)
    return set(rows.values_list("visit_id", flat=True))


def shown(user):
    """Media whose picture this person may be sent: ready, in scope, not withheld."""
    return Media.objects.visible_to(user).filter(state=MediaState.READY)
