"""What is typed and not yet submitted: kept on the server, version by version, deleted with a way back.

A draft's document is what draft.js collects: {"values": {field: [text]}, "people": {id: name}, "rows": {prefix: n},
"labels": {field: label}, "spare": [{"label", "text"}], "from": [writer, number], "device": "手机"}.
"""

import json
import re
import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.audit import record
from core.clock import now
from visits.models import VisitDraft
from visits.queries.draft import base_of, submitted_as

MOST_BYTES = 200_000
KEPT_DAYS = 7  # a deleted draft
NAME = re.compile(r"[\w-]{1,100}")
NOT_FIELDS = {"csrfmiddlewaretoken", "client_uuid", "programme", "student", "colleague", "draft_base", "draft_visit"}
COUNTERS = re.compile(r".+-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS")
TOO_LONG = "写得太长，存不下。删掉一些再存。"


class AlreadySubmitted(Exception):
    """The record this draft was of has been submitted. visit: that record."""

    def __init__(self, visit):
        self.visit = visit


def save_draft(user, *, programme, client_uuid, base, data, student=None, visit=None):
    """(draft, conflict). base: base_of() the draft this text goes on from, "" for none. conflict is the newer draft
    and nothing is written; saving what is already there is no conflict. Raises ValidationError for a document that
    is none or too long, AlreadySubmitted."""
    text = packed(data)
    try:
        with transaction.atomic():
            return _save(user, programme, client_uuid, base, text, student, visit)
    except IntegrityError:
        # Two first saves at once: the other one was first.
        with transaction.atomic():
            return _save(user, programme, client_uuid, base, text, student, visit)


def _save(user, programme, client_uuid, base, text, student, visit):
    done = submitted_as(user, client_uuid, visit)
    if done:
        raise AlreadySubmitted(done)
    mine = VisitDraft.objects.filter(user=user).select_for_update()
    draft = mine.filter(client_uuid=client_uuid).first()
    if draft and draft.dropped_at:
        draft.client_uuid = uuid.uuid4()  # stays where it can be had back; the family's form starts anew
        draft.save(update_fields=["client_uuid"])
        draft = None
    if draft is None:
        draft = _renamed(mine, client_uuid, base)
    if draft is None:
        return VisitDraft.objects.create(
            user=user, programme=programme, client_uuid=client_uuid, student=student, visit=visit, data=text,
            created_at=now(), updated_at=now(),
        ), None  # fmt: skip
    if draft.client_uuid == client_uuid and _content(draft.data) == _content(text):
        return draft, None
    if base != base_of(draft):
        return draft, draft
    draft.client_uuid, draft.programme, draft.student, draft.visit = client_uuid, programme, student, visit
    draft.data, draft.version, draft.updated_at = text, draft.version + 1, now()
    draft.save()
    return draft, None


def _content(text):
    """The document without who wrote it where."""
    document = json.loads(text or "{}")
    return {key: document.get(key) for key in ("values", "rows", "spare")}


def _renamed(mine, client_uuid, base):
    """The draft this text goes on from, when its form has got another number since (the visit was appointed)."""
    pk = base.partition("-")[0]
    if not pk.isdecimal():
        return None
    draft = mine.filter(pk=int(pk), dropped_at=None).first()
    return draft if draft and base == base_of(draft) else None


def drop(user, client_uuid):
    """The record was submitted: its draft goes for good. Twice is once."""
    VisitDraft.objects.filter(user=user, client_uuid=client_uuid, dropped_at=None).delete()


@transaction.atomic
def delete_draft(user, client_uuid):
    """Deleted by its author: gone from the lists, to be had back for some days. True if there was one."""
    VisitDraft.objects.filter(user=user, dropped_at__lt=now() - timedelta(days=KEPT_DAYS)).delete()
    draft = VisitDraft.objects.select_for_update().filter(user=user, client_uuid=client_uuid, dropped_at=None).first()
    if draft is None:
        return False
    draft.dropped_at = now()
    draft.save(update_fields=["dropped_at"])
    record(draft, "draft.delete", by=user, authority_id=draft.programme.authority_id)
    return True


@transaction.atomic
def take_back(user, client_uuid):
    """The deleted draft is there again. Twice is once; None if there is none."""
    draft = VisitDraft.objects.select_for_update().filter(user=user, client_uuid=client_uuid).first()
    if draft and draft.dropped_at:
        draft.dropped_at = None
        draft.save(update_fields=["dropped_at"])
        record(draft, "draft.take_back", by=user, authority_id=draft.programme.authority_id)
    return draft


def purge_dropped():
    """Nightly: deleted drafts past their days go for good."""
    return VisitDraft.objects.filter(dropped_at__lt=now() - timedelta(days=KEPT_DAYS)).delete()[0]


# ── The document ──


def packed(data):
    """The document as the text that is stored. Takes what a browser sent, so trusts nothing."""
    text = json.dumps(_checked(data), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if len(text.encode()) > MOST_BYTES:
        raise ValidationError(TOO_LONG)
    return text


def from_post(post, known=None):
    """The document of a form posted without script; known: the draft before it, whose spare words stay and whose
    fields this form does not draw."""
    before = json.loads(known.data or "{}") if known else {}
    values = {name: post.getlist(name) for name in post if is_field(name)}
    kept = {name: texts for name, texts in before.get("values", {}).items() if _in_words(before, name, texts)}
    counters = [name for name in post if name.endswith("-TOTAL_FORMS") and post[name].isdecimal()]
    return {
        "values": {**{name: texts for name, texts in kept.items() if name not in values}, **values},
        "rows": {name.removesuffix("-TOTAL_FORMS"): int(post[name][:2]) for name in counters},
        "labels": before.get("labels", {}),
        "spare": before.get("spare", []),
    }


def with_spare(data, other):
    """The document with those words of the other draft as spare that it says otherwise itself."""
    document = json.loads(other.data or "{}")
    spare = [*data.get("spare", [])]
    for name, texts in document.get("values", {}).items():
        if _in_words(document, name, texts) and texts != data["values"].get(name):
            spare.append({"label": document.get("labels", {}).get(name, name), "text": "\n".join(texts)})
    spare += [one for one in document.get("spare", []) if one not in spare]
    return data | {"spare": spare}


def _in_words(document, name, texts):
    """Written by hand, not picked. Without script nobody says so: then what is no code of a list."""
    text = "".join(texts)
    return bool(text.strip()) and (name in document.get("labels", {}) or not text.isascii() or len(text) > 20)


def is_field(name):
    return bool(NAME.fullmatch(name)) and name not in NOT_FIELDS and not COUNTERS.fullmatch(name)


def _checked(data):
    try:
        values = {_name(name): [_text(text) for text in _list(texts)] for name, texts in data["values"].items()}
        checked = {"values": {name: texts for name, texts in values.items() if is_field(name)}}
        people = {_text(pk): _text(name) for pk, name in data.get("people", {}).items()}
        checked["people"] = {pk: name for pk, name in people.items() if pk.isdecimal()}
        checked["rows"] = {_name(name): min(max(int(n), 0), 99) for name, n in data.get("rows", {}).items()}
        checked["labels"] = {_name(name): _text(label)[:80] for name, label in data.get("labels", {}).items()}
        checked["spare"] = [{k: _text(one[k]) for k in ("label", "text")} for one in _list(data.get("spare", []))]
        checked["device"] = _text(data.get("device", ""))[:10]
        writer, number = data.get("from", ["", 0])
        checked["from"] = [_text(writer)[:40], int(number)]
        if not checked["values"]:
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValidationError("这里面没有可以存的内容。") from error
    return checked


def _list(value):
    if not isinstance(value, list):
        raise TypeError
    return value


def _name(value):
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ValueError
    return value


def _text(value):
    """A string with lines as a browser counts them; half a surrogate pair cannot be kept anywhere."""
    if not isinstance(value, str):
        raise TypeError
    return value.replace("\r\n", "\n").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
