"""One line of publicity, as the school's office types it."""

from datetime import timedelta

from django import forms
from django.core.validators import URLValidator

from core.clock import today
from core.private import holds_id_number
from programmes.enums import PublicityKind

NUMBER = "像是有身份证号，删去再保存。系统不存证件号。"
COPIES = {"invalid": "填一个数字。", "min_value": "填1以上的数字。", "max_value": "份数太多了，看看填对没有。"}


class PublicityForm(forms.Form):
    """schools: those the user runs; with one it is not asked. line: the one to change."""

    school = forms.ModelChoiceField(queryset=None, label="学校", empty_label=None)
    kind = forms.ChoiceField(
        label="哪一种", choices=PublicityKind.choices, widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "选一下是哪一种。"),
    )  # fmt: skip
    title = forms.CharField(
        label="标题", max_length=100, help_text="报道、活动或者材料的名称。",
        error_messages={"required": "写上标题。", "max_length": "标题最多100个字，写短一些。"},
    )  # fmt: skip
    channel = forms.CharField(
        label="在哪里", max_length=60, required=False, help_text="报道写媒体名，校内写广播、橱窗这样的地方，材料写发给谁。",
        widget=forms.TextInput(attrs={"list": "channels", "autocomplete": "off"}),
        error_messages={"max_length": "最多60个字，写短一些。"},
    )  # fmt: skip
    on = forms.DateField(
        label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "填上日期。", "invalid": "日期写成2022-09-18这样。"},
    )  # fmt: skip
    link = forms.CharField(
        label="链接", max_length=300, required=False, widget=forms.URLInput(attrs={"placeholder": "https://"}),
        error_messages={"max_length": "链接太长了，换短一些的。"},
    )  # fmt: skip
    copies = forms.IntegerField(
        label="份数", required=False, min_value=1, max_value=1_000_000, help_text="发放材料才填。", error_messages=COPIES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(
        label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "说明最多300个字，写短一些。"},
    )  # fmt: skip

    def __init__(self, *args, programme, schools=(), line=None, **kwargs):
        if line is not None:
            names = ("kind", "title", "channel", "on", "link", "copies", "note")
            kwargs["initial"] = {name: getattr(line, name) for name in names}
        super().__init__(*args, **kwargs)
        self.programme, self.only = programme, None
        if line is not None or len(schools) == 1:
            del self.fields["school"]
            self.only = line.school if line is not None else schools[0]
        else:
            self.fields["school"].queryset = schools

    @property
    def chosen_school(self):
        return self.cleaned_data.get("school") or self.only

    def clean_on(self):
        on, year = self.cleaned_data["on"], timedelta(days=366)
        if on > today():
            raise forms.ValidationError("还没到这一天，等有了再记。")
        if not self.programme.starts_on - year <= on <= self.programme.ends_on + year:
            raise forms.ValidationError("日期离这次活动太远了，看看年份对不对。")
        return on

    def clean_link(self):
        link = self.cleaned_data["link"]
        if link:
            try:
                URLValidator(schemes=["http", "https"])(link)
            except forms.ValidationError:
                raise forms.ValidationError("链接从地址栏整个复制过来，以 http:// 或 https:// 开头。") from None
        return link

    def clean(self):
        data = super().clean()
        for name in ("title", "channel", "note"):
            if holds_id_number(data.get(name) or ""):
                self.add_error(name, NUMBER)
        if data.get("kind") == PublicityKind.MATERIAL and not data.get("copies") and "copies" not in self.errors:
            self.add_error("copies", "写上发了多少份。")
        elif data.get("kind") and data["kind"] != PublicityKind.MATERIAL and data.get("copies"):
            self.add_error("copies", "份数只记发放的材料，这一种不用填。")
        return data

    def values(self):
        """For programmes.actions.publicity."""
        return {name: value for name, value in self.cleaned_data.items() if name != "school"}
