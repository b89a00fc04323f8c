"""Widgets drawn by functions say what Django's own templates say."""

import datetime
import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.safestring import mark_safe

from core.widgets import DRAWN, Drawn

CRUEL = """<b>"甲" & '乙'</b>\n第二行"""
CHOICES = [("", "选一个"), ("a", CRUEL), ("组 & 组", [(1, "一"), (2, mark_safe("<i>二</i>"))])]
WIDGETS = [
    forms.TextInput(attrs={"title": CRUEL, "required": True, "disabled": False, "maxlength": 20}),
    forms.NumberInput(),
    forms.EmailInput(),
    forms.URLInput(),
    forms.PasswordInput(render_value=True),
    forms.HiddenInput(),
    forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    forms.TimeInput(),
    forms.Textarea(attrs={"rows": 6, "class": "form-control is-invalid"}),
    forms.CheckboxInput(),
    forms.Select(choices=CHOICES),
    forms.SelectMultiple(choices=CHOICES, attrs={"size": 5}),
    forms.RadioSelect(choices=CHOICES[:2]),
    forms.CheckboxSelectMultiple(choices=CHOICES),
    forms.ClearableFileInput(),  # has a template of its own
]
VALUES = [None, "", "a", 1, 0, ["a", "2"], CRUEL, mark_safe("<u>"), True, datetime.date(2022, 9, 1)]


def tidy(html):
    return re.sub(r"\s+", " ", html).replace("> <", "><").replace(" </", "</").strip()


@pytest.mark.parametrize("value", VALUES, ids=str)
@pytest.mark.parametrize("widget", WIDGETS, ids=lambda one: type(one).__name__)
def test_the_same_html_as_from_the_templates(widget, value):
    words = {"name": "x&y", "value": value, "attrs": {"id": "id_x"}}
    assert tidy(widget.render(**words, renderer=Drawn())) == tidy(widget.render(**words, renderer=DjangoTemplates()))


@pytest.mark.parametrize("widget", [forms.RadioSelect(choices=CHOICES), forms.CheckboxSelectMultiple(choices=CHOICES)])
def test_a_single_choice_stands_without_a_label(widget):
    class Form(forms.Form):
        one = forms.MultipleChoiceField(widget=widget, choices=CHOICES)

    ours, theirs = (
        [str(option.tag()) for option in Form({"one": ["a"]}, renderer=renderer)["one"]]
        for renderer in (Drawn(), DjangoTemplates())
    )
    assert ours == theirs
    assert not any("<label" in tag for tag in ours)


def test_words_in_a_text_keep_their_lines():
    assert forms.Textarea().render("x", CRUEL, renderer=Drawn()) == forms.Textarea().render(
        "x", CRUEL, renderer=DjangoTemplates()
    )


def test_every_form_is_drawn_so():
    assert isinstance(get_default_renderer(), Drawn)
    known = get_default_renderer()
    assert all(known.get_template(name) for name in DRAWN)
