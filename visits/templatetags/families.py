"""Families and colleagues as the record form draws them, by the dozen: as text in one go, which templates take longer for."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from core.links import by_number
from core.templatetags.ui import icon, priority

register = template.Library()

CHOICE = (
    '<div class="checkrow pick" data-names="{names}">'
    '<input type="radio" name="student" id="family-{pk}" value="{value}"{checked} data-go="{url}">'
    '<label for="family-{pk}"><span class="box">{tick}</span><span class="grow"><b>{names} {mark}</b>'
    "<small>{label}，{reason}</small></span></label></div>\n"
)


@register.simple_tag
def family_choices(families, chosen=None, pupil=None):
    """Real radio buttons named student. chosen: one of the families, and pupil: whom of it."""
    url, tick = by_number("visits:log"), icon("check-lg")
    return format_html_join("", "{}", ((_choice(family, url, tick, family is chosen and pupil),) for family in families))


def _choice(family, url, tick, pupil):
    pk = family.student.pk
    return format_html(
        CHOICE, names=family.names, pk=pk, value=pupil.pk if pupil else pk, url=url(pk), tick=tick,
        checked=mark_safe(" checked") if pupil else "", mark=priority(family.priority), label=family.label,
        reason=family.reason,
    )  # fmt: skip


@register.simple_tag
def staff_options(people):
    """Everybody at the school, for a browser without script."""
    rows = ((person.pk, person.name, f"（{person.subject}）" if person.subject else "") for person in people)
    return format_html_join("", '<option value="{}">{}{}</option>', rows)
