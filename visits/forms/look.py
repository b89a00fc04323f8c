"""提交前看一眼: what the form says so far, in a few lines."""

from decimal import Decimal

from core import formats
from visits.actions.checks import mode_label
from visits.forms.record import AT_HOME


def review_lines(programme, form, overlaps=(), remarks=()):
    """[(tone, sentence, id to jump to)]: red must be repaired, warm is worth a look, "" is fine."""
    data = form.cleaned_data
    lines = [("", sentence, "") for sentence in _said(programme, form, data) if sentence]
    lines += [("red", sentence, anchor) for anchor, _, sentence in form.mistakes]
    if not data.get("at_home"):
        lines.append(("warm", "没有选谁在家。", "id_at_home_0"))
    labels = {asked.code: asked.label for asked in form.asked}
    lines += [("warm", f"“{labels[code]}”{sentence}。", f"id_text_{code}") for code, sentence in remarks]
    return lines + [("warm", sentence, "") for sentence in form.hints(overlaps)]


def _said(programme, form, data):
    yield _when(programme, form, data)
    written = [text for text in form.written().values() if text]
    if written and not any(name.startswith("text_") for name in form.errors):
        yield f"{len(written)}项记录，共{sum(len(''.join(text.split())) for text in written)}字"
    for group in programme.rules.checklist:
        ticked = len(data.get(f"check_{group.code}", []))
        if ticked:
            yield f"{group.label}聊到{ticked}项"
    if data.get("materials"):
        yield f"送到材料{len(data['materials'])}样"
    given = _lines(form, "help_given")
    if given:
        money = sum((line["amount"] for line in given if line["amount"]), Decimal(0))
        yield f"给予帮助{len(given)}笔" + (f"，共{money.normalize():f}元" if money else "")
    if _lines(form, "opinions"):
        yield f"家长意见{len(_lines(form, 'opinions'))}条"
    if _lines(form, "promises"):
        yield f"约定{len(_lines(form, 'promises'))}条"
    if form.outcomes():
        yield f"上次约定看了{len(form.outcomes())}条"
    if data.get("follow_up_on") and "follow_up_on" not in form.errors:
        yield f"{formats.day(data['follow_up_on'])}回访"


def _when(programme, form, data):
    start, end = form.moment("start"), form.moment("end")
    if not start or not end or {"day", "start", "end"} & form.errors.keys():
        return ""
    words = [f"{formats.day(start)} {formats.span(start, end)}"]
    if data.get("mode"):
        words.append(mode_label(programme, data["mode"]))
    if data.get("at_home"):
        names = dict(AT_HOME)
        words.append("、".join(names[code] for code in data["at_home"]) + "在家")
    return "，".join(words)


def _lines(form, name):
    return [] if form.lines[name].is_bound and form.lines[name].total_error_count() else form.said(name)
