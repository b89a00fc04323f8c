"""Form widgets drawn by functions: the same HTML as Django's own templates, of which a record form includes 170.

settings.FORM_RENDERER names Drawn; a widget with a template of its own is still drawn by that.
"""

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

FOLDER = "django/forms/widgets/"
INPUTS = ("input", "text", "hidden", "number", "date", "time", "email", "url", "password", "checkbox")


class Drawn(DjangoTemplates):
    def render(self, template_name, context, request=None):
        draw = DRAWN.get(template_name)
        return mark_safe(draw(self, context["widget"])) if draw else super().render(template_name, context, request)


def _text(value):
    return conditional_escape(str(value))


def _attributes(widget):
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(renderer, widget):
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{value}{_attributes(widget)}>'


def _choice(renderer, widget):
    """A radio button or checkbox of a group, in a label where Django lists the group itself."""
    drawn = _input(renderer, widget)
    if not widget.get("wrap_label"):
        return drawn
    known = f' for="{_text(widget["attrs"]["id"])}"' if widget["attrs"].get("id") else ""
    return f"<label{known}>{drawn} {_text(widget['label'])}</label>"


def _textarea(renderer, widget):
    words = _text(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_text(widget["name"])}"{_attributes(widget)}>\n{words}</textarea>'


def _option(renderer, widget):
    return f'<option value="{_text(widget["value"])}"{_attributes(widget)}>{_text(widget["label"])}</option>'


def _select(renderer, widget):
    lines = [f'<select name="{_text(widget["name"])}"{_attributes(widget)}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            lines.append(f'  <optgroup label="{_text(group)}">')
        lines += ["  " + renderer.render(option["template_name"], {"widget": option}) for option in options]
        if group:
            lines.append("  </optgroup>")
    return "\n".join([*lines, "</select>"])


DRAWN = {f"{FOLDER}{name}.html": _input for name in INPUTS} | {
    f"{FOLDER}input_option.html": _choice,
    f"{FOLDER}radio_option.html": _choice,
    f"{FOLDER}checkbox_option.html": _choice,
    f"{FOLDER}textarea.html": _textarea,
    f"{FOLDER}select.html": _select,
    f"{FOLDER}select_option.html": _option,
}
