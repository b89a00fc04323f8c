"""What the administration asks of the desk: a reason or a label for many, and how a list leaves."""

from django import forms
from import_export.forms import ExportForm

MAX = 300
SHORTEST = 8


class ReasonForm(forms.Form):
    """Why many go back at once."""

    reason = forms.CharField(
        label="退回原因", max_length=MAX, widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text="每所学校都会看到这段话。",
        error_messages={"required": "写明退回原因，学校才知道改什么。", "max_length": f"最多{MAX}字。"},
    )  # fmt: skip

    def clean_reason(self):
        return self.cleaned_data["reason"].strip()


class AwardForm(forms.Form):
    label = forms.CharField(
        label="等级", max_length=20, help_text="例如：一等奖。", error_messages={"required": "写明表彰的等级。"}
    )


class DeskExportForm(ExportForm):
    """A list with people's telephones leaves only under a password (security.md X3)."""

    password = forms.CharField(
        label="打开密码", required=False, min_length=SHORTEST, max_length=64,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=f"名单带联系方式时必填，至少{SHORTEST}位。文件是加密的压缩包，请另外告诉收的人。",
    )  # fmt: skip

    def __init__(self, formats, resources, **kwargs):
        super().__init__(formats, resources, **kwargs)
        self.fields["resource"].label = "哪些列"
        self.sealed = [number for number, resource in enumerate(resources) if resource.is_sealed]
        if not self.sealed:
            del self.fields["password"]

    def clean(self):
        values = super().clean()
        number = int(values.get("resource") or 0)
        if number in self.sealed and not values.get("password") and "password" not in self.errors:
            self.add_error("password", "带联系方式的名单要设密码。")
        return values
