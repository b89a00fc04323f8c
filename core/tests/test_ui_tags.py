"""What the tags of core/templatetags/ui.py draw."""

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template

from core.templatetags import ui

SPRITE = Path(settings.BASE_DIR) / "static" / "icons.svg"


def draw(source, **values):
    return Template("{% load ui %}" + source).render(Context(values))


def rects(svg):
    return re.findall(r'<rect class="([^"]*)"(?: x="([^"]*)")?[^>]*? width="([^"]*)"', svg)


def test_icon_points_into_the_sprite_and_stays_silent():
    assert draw('{% icon "check2" "pine" %}') == (
        '<svg class="i pine" aria-hidden="true"><use href="/static/icons.svg#i-check2"></use></svg>'
    )


def test_priority_mark_is_said_and_absent_without_rank():
    assert draw("{% priority rank %}", rank=None) == ""
    assert draw("{% priority rank %}", rank=2) == (
        '<svg class="mk" role="img" aria-label="二级优先"><use href="/static/icons.svg#mk2"></use></svg>'
    )


def test_every_icon_named_in_a_template_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="i-([^"]+)"', SPRITE.read_text(encoding="utf-8")))
    named = set()
    for template in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([^"]+)"', template.read_text(encoding="utf-8")))
    assert named - drawn == set()


@pytest.mark.parametrize(
    ("visited", "due", "tick", "css"),
    [
        (60, 100, 60, "v"),
        (45, 100, 60, "v w"),  # 15 points behind
        (44, 100, 60, "v r"),
        (1, 100, None, "v"),
    ],
)
def test_bar_turns_apricot_then_vermilion_behind_the_tick(visited, due, tick, css):
    svg = draw("{% bar visited due tick %}", visited=visited, due=due, tick=tick)
    assert rects(svg)[1] == (css, "", f"{visited}%")


def test_bar_of_nothing_due_is_empty_and_never_overflows():
    assert rects(draw("{% bar 0 0 %}"))[1] == ("v", "", "0%")
    assert rects(draw("{% bar 7 5 %}"))[1] == ("v", "", "100%")


def test_seg_reads_its_counts_and_fills_in_order():
    svg = draw("{% seg done=5 planned=3 late=2 total=20 %}")
    assert 'aria-label="已访5家，已约3家，过期2家，待访10家"' in svg
    assert [r for r in rects(svg) if r[0] != "gap"] == [
        ("d", "0%", "25%"),
        ("p", "25%", "15%"),
        ("l", "40%", "10%"),
    ]


def test_drawings_carry_no_style_attribute():
    svg = draw("{% bar 5 9 60 %}{% seg done=1 planned=1 late=1 total=9 %}{% icon 'x-lg' %}{% priority 1 %}")
    assert "style=" not in svg


def test_bare_diff_keeps_marks_and_drops_styles():
    html = '<span>甲</span><ins style="background:#e6ffe6;">&lt;b&gt;</ins><del style="x">乙</del>'
    assert ui.bare_diff(html) == "<span>甲</span><ins>&lt;b&gt;</ins><del>乙</del>"


@pytest.mark.parametrize(("seconds", "words"), [(3, "10秒"), (38, "40秒"), (61, "2分钟")])
def test_about_rounds_a_guess_up(seconds, words):
    assert ui.about(seconds) == words


class VisitForm(forms.Form):
    mode = forms.ChoiceField(
        label="方式", choices=[("home", "上门"), ("video", "视频")], widget=forms.RadioSelect
    )
    cause = forms.CharField(label="起因", widget=forms.Textarea, help_text="为什么去")
    note = forms.CharField(label="备注", required=False)


def test_field_ties_label_help_and_error_to_the_input():
    html = draw("{% field form.cause %}", form=VisitForm(data={}))
    assert '<label class="form-label" for="id_cause">起因<span class="opt">必填</span></label>' in html
    assert 'aria-describedby="id_cause_helptext id_cause_error"' in html
    assert 'class="form-control is-invalid"' in html
    assert 'id="id_cause_error"' in html
    assert 'id="id_cause_helptext"' in html


def test_field_says_what_is_optional():
    assert '<span class="opt">选填</span>' in draw("{% field form.note %}", form=VisitForm())


def test_choices_are_real_inputs_before_their_labels():
    html = draw('{% field form.mode look="seg" %}', form=VisitForm({"mode": "video"}))
    assert re.findall(
        r'<div class="pick"><input type="radio" name="mode" value="(\w+)"[^>]*?( checked)?><label', html
    ) == [
        ("home", ""),
        ("video", " checked"),
    ]
    assert "<legend" in html


def test_error_summary_links_to_the_first_choice_of_a_group():
    html = draw('{% include "components/error_summary.html" with form=form only %}', form=VisitForm(data={}))
    assert re.findall(r'href="#(\w+)"', html) == ["id_mode_0", "id_cause"]
    assert "有2处要改" in html
