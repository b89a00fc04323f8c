"""While a record is written: does a text read almost like one the teacher wrote before? Told to nobody else, kept
nowhere, and no hint: those are found at night (decision 0018), with the same measure."""

from core.formats import day
from honesty.signs.alike import normal, percent
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
    nearest = {}
    for row in _own(user, programme, client_uuid).values("visited_on", *new)[:COMPARED]:
        for code, text in new.items():
            alike = percent(text, normal(row[code]))
            if alike >= hints.similar_percent and alike > nearest.get(code, (0, None))[0]:
                nearest[code] = (alike, row["visited_on"])
    return {code: _sentence(on) for code, (_, on) in nearest.items()}


def _own(user, programme, client_uuid):
    """The latest first, so that of two equally alike the later one is named."""
    rows = Visit.objects.visible_to(user).filter(lead=user, programme=programme, state__in=COUNTED_STATES)
    if client_uuid:
        rows = rows.exclude(client_uuid=client_uuid)
    return rows.order_by("-visited_on", "-pk")


def _sentence(on):
    return f"这段和你{day(on)}写的几乎一样，看看要不要改"
