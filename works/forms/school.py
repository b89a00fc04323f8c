"""What the office types about a work: its opinion, a reason, an order, a level, files and more time."""

from django import forms
from django.core.exceptions import ValidationError

from core.clock import today
from programmes.models import LatePass
from works.enums import WorkKind
from works.queries.quota import rule_of
from works.queries.school import FILTERS

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
STALE = "刷新这一页，看过现在的内容再决定。"


class ActForm(forms.Form):
    def show_errors(self, error):
        """Sentences of the action, at the field they speak of where it is on this page."""
        for name, texts in error.message_dict.items():
            self.add_error(name if name in self.fields else None, ValidationError(texts))


def _read(work):
    return {"version": work.version, "was": work.state}


class ApproveForm(ActForm):
    """version, was: the submission and the state that were read."""

    PHRASES = ["情况属实，事迹感人，同意推荐。", "真实具体，做法有效，同意推荐。"]

    opinion = forms.CharField(
        label="学校推荐意见", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "写一句学校推荐意见。", "max_length": "推荐意见最多500字。"},
    )  # fmt: skip
    opinion_on = forms.DateField(
        label="日期", widget=DAY, error_messages={"required": "写上日期。", "invalid": "日期写成 2022-09-28。"}
    )
    order = forms.IntegerField(
        label="推荐顺序", min_value=1, max_value=999, required=False,
        error_messages={"min_value": "顺序从1开始。", "max_value": "顺序最大999。", "invalid": "写一个数字。"},
    )  # fmt: skip
    confirmed = forms.BooleanField(
        label="我核实过：人、事、时间都是真的，家访确有其事",
        error_messages={"required": "核实过内容真实，再勾选推荐。"},
    )
    version = forms.IntegerField(label="这一页", widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})
    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, work, truth, order=None, **options):
        initial = {"opinion": work.opinion, "opinion_on": today(), "order": order} | _read(work)
        super().__init__(data, initial=initial, prefix="approve", **options)
        if not truth:
            del self.fields["confirmed"]

    def clean_opinion_on(self):
        day = self.cleaned_data["opinion_on"]
        if day > today():
            raise ValidationError("这是将来的日期，改成今天或更早的一天。")
        return day


class ReturnForm(ActForm):
    """The usual reasons with one tap, words for the rest; one of both is needed."""

    QUICK = ["写得再具体些", "走访时间或对象没写清", "和家访记录对不上", "有学生真实姓名或隐私", "篇幅太长"]

    quick = forms.MultipleChoiceField(
        label="哪里要改", choices=[(text, text) for text in QUICK], required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="再写几句", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "最多300字。"},
    )  # fmt: skip
    version = forms.IntegerField(label="这一页", widget=forms.HiddenInput, error_messages={"required": STALE, "invalid": STALE})
    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, work, **options):
        super().__init__(data, initial=_read(work), prefix="return", **options)

    def clean(self):
        values = super().clean()
        reason = "；".join([*values.get("quick", ()), values.get("reason", "").strip()]).strip("；")
        if not reason and "reason" not in self.errors:
            self.add_error("reason", "写明退回原因，老师才知道改什么。")
        elif len(reason) > 300:
            self.add_error("reason", "最多300字。")
        return values | {"reason": reason}


class AwardForm(ActForm):
    """One of the notice's levels, or the school's own word for it."""

    pick = forms.ChoiceField(label="等级", required=False, widget=forms.RadioSelect)
    label = forms.CharField(
        label="写别的等级", max_length=20, required=False, error_messages={"max_length": "等级最多20个字。"}
    )

    def __init__(self, data=None, *, work, **options):
        super().__init__(data, prefix="award", **options)
        rule = rule_of(work.programme, work.kind)
        labels = [one.label for one in rule.judging.awards] if rule else []
        self.fields["pick"].choices = [(label, label) for label in labels] + [("", "不评等级")]
        known = work.school_award in labels or not work.school_award
        self.initial = {"pick": work.school_award if known else "", "label": "" if known else work.school_award}

    def clean(self):
        values = super().clean()
        return values | {"level": values.get("label", "").strip() or values.get("pick", "")}


class OrderForm(forms.Form):
    """The number it is to have."""

    order = forms.IntegerField(min_value=1, max_value=999)


class FileForm(forms.Form):
    """Which of the works on the page go up. agreed: the page that names them was read."""

    work = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "名单刚有变化，重新选一次。"}
    )
    agreed = forms.BooleanField(required=False)

    def __init__(self, data=None, *, works):
        super().__init__(data)
        self.fields["work"].choices = [(str(work.pk), str(work)) for work in works]

    def clean_work(self):
        chosen = self.cleaned_data["work"]
        if not chosen:
            raise ValidationError("先勾选要报送的。")
        return [int(value) for value in chosen]


class ScanForm(ActForm):
    file = forms.FileField(
        label="盖章件", widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}), allow_empty_file=True,
        error_messages={"required": "先选一个文件。", "invalid": "先选一个文件。"},
    )  # fmt: skip


class LatePassForm(ActForm):
    """More time for one school. schools: those the officer may choose from."""

    school = forms.ModelChoiceField(
        None, label="学校", empty_label="选一所学校",
        error_messages={"required": "选一所学校。", "invalid_choice": "这所学校不在名单里，重新选。"},
    )  # fmt: skip
    submission = forms.ChoiceField(
        label="材料", widget=forms.RadioSelect,
        error_messages={"required": "选一项材料。", "invalid_choice": "这次活动不收这项材料，换一项。"},
    )  # fmt: skip
    until = forms.DateField(
        label="补报到哪天", widget=DAY, help_text="到这一天24:00。",
        error_messages={"required": "写上补报到哪天。", "invalid": "日期写成 2022-10-12。"},
    )  # fmt: skip
    reason = forms.CharField(
        label="原因", max_length=LatePass._meta.get_field("reason").max_length,
        error_messages={"required": "写明开通补报的原因。", "max_length": "原因最多200字。"},
    )  # fmt: skip

    def __init__(self, data=None, *, schools, papers, **options):
        super().__init__(data, **options)
        self.fields["school"].queryset = schools
        self.fields["school"].label_from_instance = lambda school: school.name
        self.fields["submission"].choices = papers


class ListForm(forms.Form):
    """What the address of the list asks for; nonsense is as if it were not there."""

    kind = forms.ChoiceField(required=False, choices=WorkKind.choices)
    which = forms.ChoiceField(required=False, choices=[(code, label) for code, (label, _) in FILTERS.items()])
    school = forms.IntegerField(required=False, min_value=1, max_value=1 << 62)
