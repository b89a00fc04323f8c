"""What an author may send: the text, which visit, the person's own fields, marks on a visit."""

from django import forms

from schools.enums import Gender, Politics, Position
from schools.models import User
from works.actions.author import NO_VISIT
from works.enums import HighlightKind, PraisedBy

ADULTS = [choice for choice in Politics.choices if choice[0] != Politics.PIONEER]


class WorkForm(forms.Form):
    """Drafts may be empty anywhere; what a submission needs is asked by works.actions.author.submit_work.

    may_publish, named: an unticked box is sent as nothing, so a post without any text (`sent`) changes no tick.
    """

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    title = forms.CharField(
        label="题目", max_length=60, required=False, error_messages={"max_length": "题目最多60字，再短一点。"}
    )
    body = forms.CharField(
        label="正文", max_length=60_000, required=False, strip=False, widget=forms.Textarea,
        error_messages={"max_length": "太长了，最多6万字。"},
    )  # fmt: skip
    may_publish = forms.BooleanField(label="愿意公开展示", required=False)
    named = forms.BooleanField(label="展示时署我的名字", required=False)
    confirmed = forms.BooleanField(label="内容真实", required=False)

    def __init__(self, *args, rule, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].label = rule.label

    def texts(self):
        values = {name: self.cleaned_data[name] for name in ("title", "body", "may_publish", "named")}
        return values | {"body": values["body"].replace("\r\n", "\n")}


class StartForm(forms.Form):
    """kind, visit and honoree are ids out of the lists the view gives; anything else is refused by the action."""

    client_uuid = forms.UUIDField(
        label="这一页", required=False, widget=forms.HiddenInput, error_messages={"invalid": "刷新这一页，再点“开始写”。"}
    )
    visit = forms.IntegerField(
        label="家访", required=False, min_value=1, error_messages={"invalid": NO_VISIT, "min_value": NO_VISIT}
    )
    honoree = forms.ModelChoiceField(
        label="写的是谁", queryset=User.objects.none(), required=False, empty_label="我自己",
        error_messages={"invalid_choice": "选一位本校在职的老师。"},
    )  # fmt: skip

    def __init__(self, *args, people=None, **kwargs):
        super().__init__(*args, **kwargs)
        if people is not None:
            self.fields["honoree"].queryset = people
            self.fields["honoree"].widget.attrs["form"] = "start"  # it stands above the search for a visit
            self.fields["honoree"].label_from_instance = lambda user: user.name


class FactsForm(forms.ModelForm):
    """The person's own fields of 附件1."""

    class Meta:
        model = User
        fields = ["gender", "birth_month", "position", "politics", "phone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["gender"].choices = [c for c in Gender.choices if c[0] in (Gender.FEMALE, Gender.MALE, Gender.UNSTATED)]
        self.fields["gender"].widget = forms.RadioSelect(choices=self.fields["gender"].choices)
        self.fields["gender"].required = False
        for name in ("gender", "position", "politics"):
            self.fields[name].error_messages["invalid_choice"] = "从列表里选一项。"
        self.fields["position"].choices = [("", "没有填"), *Position.choices]
        self.fields["politics"].choices = [("", "没有填"), *ADULTS]
        month = forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "1985-03", "autocomplete": "bday"})
        self.fields["birth_month"].widget = month
        self.fields["birth_month"].help_text = "写成 1985-03"
        self.fields["phone"] = forms.RegexField(
            r"^(1\d{10}|0\d{2,3}-?\d{7,8})$", label="联系电话", required=False, initial=self.instance.phone,
            widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
            error_messages={"invalid": "写11位手机号，或带区号的座机号。"},
        )  # fmt: skip

    def clean_birth_month(self):
        month = self.cleaned_data["birth_month"]
        if month:  # what the model asks is not asked by _post_clean below
            User._meta.get_field("birth_month").run_validators(month)
        return month

    def clean_gender(self):
        return self.cleaned_data["gender"] or self.instance.gender

    def _post_clean(self):
        """The row is written by the action, not by the form."""


class HighlightForm(forms.Form):
    kind = forms.ChoiceField(choices=HighlightKind.choices)
    on = forms.TypedChoiceField(choices=[("1", "标"), ("0", "取消")], coerce=lambda value: value == "1")
    note = forms.CharField(
        label="好在哪里", max_length=200, required=False, error_messages={"max_length": "最多200字。"}
    )


class PraiseForm(forms.Form):
    """teacher by number out of the school's people."""

    teacher = forms.ModelChoiceField(
        label="哪位老师", queryset=User.objects.none(), empty_label="选一位",
        error_messages={"required": "选一位老师。", "invalid_choice": "选一位本校在职的老师。"},
    )  # fmt: skip
    said_by = forms.ChoiceField(
        label="谁说的", choices=PraisedBy.choices, widget=forms.RadioSelect, initial=PraisedBy.PARENT,
        error_messages={"required": "选是谁说的。"},
    )  # fmt: skip
    words = forms.CharField(
        label="怎么说的", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "写一句家长或孩子的原话。", "max_length": "最多300字。"},
    )  # fmt: skip

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["teacher"].queryset = people
        self.fields["teacher"].label_from_instance = lambda user: user.name
