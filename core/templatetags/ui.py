"""Icons, marks, bars and form fields as the pages draw them (docs/ui.md). No style attributes: the CSP forbids them."""

import re
from functools import lru_cache

from django import forms, template
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe

register = template.Library()

PRIORITY_WORDS = {1: "一级优先", 2: "二级优先", 3: "三级优先"}
FAR_BEHIND = 15  # points under 应达: up to here 杏, more is 朱砂


@lru_cache(maxsize=1024)
def _symbol(fragment, css, label):
    """One symbol of the sprite; said aloud only when it has words of its own. A board draws two hundred."""
    said = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" {}><use href="{}#{}"></use></svg>', css, said, static("icons.svg"), fragment
    )


@register.simple_tag
def icon(name, css="", label=""):
    """{% icon "house-door" %}: a name from tools/icons.txt."""
    return _symbol(f"i-{name}", f"i {css}".strip(), label)


@register.simple_tag
def logo(css=""):
    return _symbol("logo", f"logo {css}".strip(), "")


@register.simple_tag
def priority(rank, said=True):
    """◆ ◈ ◇ for rank 1, 2, 3; nothing for a pupil without priority. said=False where words stand beside it."""
    if not rank:
        return ""
    return _symbol(f"mk{rank}", "mk", PRIORITY_WORDS[rank] if said else "")


def _number(value):
    """A length an SVG attribute can hold: at most two decimals, never “1E+2”."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _share(part, whole):
    return min(max(float(part or 0) * 100 / float(whole), 0), 100) if whole else 0.0


@register.simple_tag
def bar(value, of=100, tick=None, level=None, label=""):
    """A coverage bar: value of `of`, with 应达 as a tick (in percent). The figure stands beside it in words.

    level is "ok", "behind" or "far"; without it the distance to the tick decides.
    """
    share = _share(value, of)
    if level is None:
        gap = 0 if tick is None else float(tick) - share
        level = "ok" if gap <= 0 else "behind" if gap <= FAR_BEHIND else "far"
    # Numbers but for the label, and a hundred bars a page: put together as text.
    mark = ""
    if tick is not None:
        mark = f'<rect class="tick" x="{_number(min(float(tick), 99.5))}%" y="0" width="2" height="14" rx="1"></rect>'
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    css = {"ok": "", "behind": " w", "far": " r"}[level]
    return mark_safe(
        f'<svg class="bar" {said}><rect class="bg" y="3" width="100%" height="8" rx="4"></rect>'
        f'<rect class="v{css}" y="3" width="{_number(share)}%" height="8" rx="4"></rect>{mark}</svg>'
    )


@register.simple_tag
def seg(done=0, planned=0, late=0, total=0, unit="家"):
    """已访 solid, 已约 hatched, 过期 red, the rest 待访; the counts are read out."""
    pieces, gaps, at, words = [], [], 0.0, []
    for count, name in ((done, "已访"), (planned, "已约"), (late, "过期")):
        if count or name == "已访":
            words.append(f"{name}{count}{unit}")
        share = min(_share(count, total), 100 - at)
        if not share:
            continue
        if name == "已约":
            pieces.append(
                format_html(
                    '<rect class="p" x="{x}%" width="{w}%" height="10"></rect>'
                    '<line class="ps" x1="{x}%" x2="{end}%" y1="5" y2="5"></line>',
                    x=_number(at),
                    w=_number(share),
                    end=_number(at + share),
                )
            )
        else:
            pieces.append(
                format_html(
                    '<rect class="{}" x="{}%" width="{}%" height="10"></rect>',
                    {"已访": "d", "过期": "l"}[name],
                    _number(at),
                    _number(share),
                )
            )
        at += share
        if at < 100:
            gaps.append(format_html('<rect class="gap" x="{}%" width="2" height="10"></rect>', _number(at)))
    words.append(f"待访{max(total - done - planned - late, 0)}{unit}")
    return format_html(
        '<svg class="seg" role="img" aria-label="{}">{}</svg>',
        "，".join(words),
        format_html_join("", "{}", ((piece,) for piece in pieces + gaps)),
    )


@register.filter
def about(seconds):
    """40秒, 3分钟: a guess is not told to the second."""
    if seconds < 60:
        return f"{max(10, -(-seconds // 10) * 10)}秒"
    return f"{-(-seconds // 60)}分钟"


@register.filter
def bare_diff(html):
    """A changed value as import-export shows it, without the style attributes the CSP refuses.

    The text in it was escaped when the marks were put around it.
    """
    return mark_safe(re.sub(r'<(ins|del) style="[^"]*">', r"<\1>", str(html)))


@register.filter
def focus_id(field):
    """The id a link of the error summary jumps to: the input, or the first choice of a group."""
    return field.id_for_label or f"{field.auto_id}_0"


def _shape(field):
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    return "select" if isinstance(widget, forms.Select) else "text"


@register.inclusion_tag("components/field.html")
def field(
    field,
    look="rows",
    label="",
    hint="",
    flag=True,
    count=False,
    autofocus=False,
    placeholder=None,
    rows=None,
):
    """One form field with label, 必填/选填, help and error, tied together for screen readers.

    look (radio and checkbox groups): "rows", "seg" or "chips". flag=False leaves 必填/选填 out.
    count=True shows how many characters are written. A form field's `choice_hints` {value: text} adds
    a small line under a row.
    """
    shape = _shape(field)
    attrs = {}
    if shape in ("text", "select"):
        css = "form-select" if shape == "select" else "form-control"
        own = field.field.widget.attrs.get("class", "")
        attrs["class"] = " ".join(filter(None, (own, css, "is-invalid" if field.errors else "")))
    if count:
        attrs["data-count"] = f"{field.auto_id}_count"
    if autofocus:
        attrs["autofocus"] = True
    if placeholder is not None:
        attrs["placeholder"] = placeholder
    if rows:
        attrs["rows"] = rows
    hints = getattr(field.field, "choice_hints", {})
    return {
        "field": field,
        "shape": shape,
        "look": look,
        "label": label or field.label,
        "hint": hint or field.help_text,
        "flag": flag,
        "count": count,
        "password": isinstance(field.field.widget, forms.PasswordInput),
        "control": "" if shape == "choices" else field.as_widget(attrs=attrs),
        "options": [(option, hints.get(str(option.data["value"]), "")) for option in field]
        if shape == "choices"
        else [],
    }
