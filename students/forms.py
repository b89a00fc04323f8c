from django import forms

from core.clock import today
from students.enums import Aspect, ChangeKind, NoteSource, RevealReason, RosterScope
from students.models import CategoryMark, PortraitNote

MEGABYTE = 1024 * 1024
SCOPE_HINTS = {
    RosterScope.CLASSES: "名单里出现的班是全的，班里没列出的学生算转出。",
    RosterScope.SCHOOL: "全校都在里面，没列出的学生都算转出。",
    RosterScope.LISTED: "只有几个学生，没列出的都不动。",
}


class RosterForm(forms.Form):
    """schools: those the user administers; most have one and are not asked."""

    school = forms.ModelChoiceField(queryset=None, label="学校", empty_label=None)
    file = forms.FileField(
        label="名册文件",
        help_text="Excel 工作簿（.xlsx），最大10MB，最多20,000名学生。",
        error_messages={"required": "还没有选文件。", "empty": "文件是空的。请选有学生的那一份。"},
    )
    scope = forms.ChoiceField(
        label="这是怎样的名单", choices=RosterScope.choices, initial=RosterScope.CLASSES, widget=forms.RadioSelect,
        error_messages={"required": "还没有选是怎样的名单。"},
    )  # fmt: skip

    def __init__(self, *args, schools, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools
        self.fields["file"].widget.attrs["accept"] = ".xlsx"
        self.fields["scope"].choice_hints = SCOPE_HINTS
        if len(schools) == 1:
            del self.fields["school"]
            self.only = schools[0]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > 10 * MEGABYTE:
            raise forms.ValidationError("文件超过10MB。请分年级导入，或删去图片后另存为 .xlsx。")
        return file

    @property
    def chosen_school(self):
        return self.cleaned_data.get("school") or self.only


class LevelForm(forms.Form):
    level = forms.TypedChoiceField(
        label="级别", coerce=int, choices=CategoryMark._meta.get_field("level").choices, initial=2,
        widget=forms.RadioSelect, error_messages={"required": "还没有选级别。"},
    )  # fmt: skip


class MarkForm(LevelForm):
    """categories: what may be set for this pupil."""

    category = forms.ModelChoiceField(
        queryset=None, label="类别", empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": "还没有选类别。", "invalid_choice": "没有这个类别，请重选。"},
    )  # fmt: skip
    field_order = ["category", "level"]

    def __init__(self, *args, categories, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories


class ChangeForm(forms.Form):
    kind = forms.ChoiceField(
        label="哪方面", choices=ChangeKind.choices, widget=forms.RadioSelect,
        error_messages={"required": "还没有选是哪方面的变化。", "invalid_choice": "没有这一项，请重选。"},
    )  # fmt: skip
    occurred_on = forms.DateField(
        label="发生日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "还没有填日期。", "invalid": "日期写成 2022-09-18 这样。"},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["occurred_on"].initial = today
        self.fields["occurred_on"].widget.attrs["max"] = str(today())

    def clean_occurred_on(self):
        day = self.cleaned_data["occurred_on"]
        if day > today():
            raise forms.ValidationError(f"这是将来的日期。今天是{today().month}月{today().day}日。")
        return day


class RevealForm(forms.Form):
    reason = forms.ChoiceField(
        label="用途", choices=RevealReason.choices, widget=forms.RadioSelect,
        error_messages={"required": "先选用途，再显示。", "invalid_choice": "没有这个用途，请重选。"},
    )  # fmt: skip


class NoteForm(forms.Form):
    """One fact somebody saw. What it may hold, students.actions.portrait says."""

    aspect = forms.ChoiceField(
        label="哪方面", choices=Aspect.choices, initial=Aspect.STRENGTHS, widget=forms.RadioSelect,
        error_messages={"required": "还没有选是哪方面。", "invalid_choice": "没有这一项，请重选。"},
    )  # fmt: skip
    text = forms.CharField(
        label="看到的事实", max_length=PortraitNote._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 2}), help_text="写看到的一件事，不写评语，不打分。",
        error_messages={"required": "写一句看到的事。", "max_length": "最多%(limit_value)d字，现在%(show_value)d字。"},
    )  # fmt: skip
    source = forms.ChoiceField(
        label="怎么知道的", choices=NoteSource.choices, initial=NoteSource.SCHOOL, widget=forms.RadioSelect,
        error_messages={"required": "还没有选怎么知道的。", "invalid_choice": "没有这一项，请重选。"},
    )  # fmt: skip
    observed_on = forms.DateField(
        label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "还没有填日期。", "invalid": "日期写成 2022-09-18 这样。"},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["observed_on"].initial = today
        self.fields["observed_on"].widget.attrs["max"] = str(today())
