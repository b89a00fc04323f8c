"""While a record is written: does a text read almost like one the teacher wrote before? Told to nobody else, kept
nowhere, and no hint: those are found at night (decision 0018), with the same measure."""

from rapidfuzz import fuzz, process

from core.formats import day
from honesty.signs.alike import normal
from visits.enums import COUNTED_STATES
from visits.models import Visit

COMPARED = 300  # own records, the latest: more than a teacher writes for one notice


def written_before(user, programme, texts, *, client_uuid=None):
    """{code: 这段和你9月12日写的几乎一样 …} of the texts ({code: text}) that repeat an own record of this
    programme. client_uuid: of the record that is being written. One query, none where nothing is long enough."""
    hints = programme.rules.hints
    new = {code: text for code in texts if len(text := normal(texts[code])) >= hints.similar_from_chars}
    if not hints.similar_text or not new:
        return {}
    own = list(_own(user, programme, client_uuid).values("visited_on", *new)[:COMPARED])
    found = {}
    for code, text in new.items():
        before = [normal(row[code]) for row in own]
        nearest = process.extractOne(text, before, scorer=fuzz.ratio, score_cutoff=hints.similar_percent)
        if nearest:
            found[code] = _sentence(own[nearest[2]]["visited_on"])
    return found


def _own(user, programme, client_uuid):
    """The latest first, so that of two equally alike the later one is named."""
    rows = Visit.objects.visible_to(user).filter(lead=user, programme=programme, state__in=COUNTED_STATES)
    if client_uuid:
        rows = rows.exclude(client_uuid=client_uuid)
    return rows.order_by("-visited_on", "-pk")


def _sentence(on):
    return f"这段和你{day(on)}写的几乎一样，看看要不要改"
