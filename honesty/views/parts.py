"""How hints look on every page: icon, tint and tag by kind and state."""

from honesty.enums import HintKind, HintState
from honesty.queries.words import class_labels, sentence

ICONS = {HintKind.BUNCHED: ("lightning-charge", "r"), HintKind.ALIKE: ("copy", "w"), HintKind.PHOTO: ("images", "w")}
# (kind, icon) of components/status_tag.html
TAGS = {
    HintState.TOLD: ("soon", "hourglass-split"),
    HintState.ANSWERED: ("plan", "chat-left-text"),
    HintState.CONCLUDED: ("done", "check-lg"),
    HintState.GONE: ("mute", "check2"),
}


# As its own teacher reads it.
TO_ME = {HintState.TOLD: "等你说明", HintState.ANSWERED: "你已说明"}


def row_of(hint, label="", *, mine=False):
    """label: the class all of its pupils are in, or ""."""
    icon, tint = ICONS[hint.kind]
    tag, tag_icon = TAGS[hint.state]
    return {
        "state": TO_ME.get(hint.state, hint.get_state_display()) if mine else hint.get_state_display(),
        "hint": hint, "icon": icon, "tint": tint, "tag": tag, "tag_icon": tag_icon, "label": label,
        "words": f"{label} {sentence(hint)}" if label else sentence(hint),
    }  # fmt: skip


def rows_of(hints):
    """With the class each is about, for the leader. Two queries for any number."""
    hints = list(hints)
    labels = class_labels(hints)
    return [row_of(hint, labels.get(hint.pk, "")) for hint in hints]
