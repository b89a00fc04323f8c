"""How somebody wants to be told, and a school's robot."""

from django import forms

from reminders.actions.robot import is_address_of
from reminders.enums import Platform
from reminders.models import RobotHook
from schools.models import User

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class MailForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["email", "wants_mail"]
        labels = {"wants_mail": "提醒也发到邮箱"}
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})}
        error_messages = {"email": {"invalid": "邮箱写成 name@example.com 这样。"}}


class RobotForm(forms.ModelForm):
    """The secret is never shown again: an empty field keeps it, unless the address is another one."""

    platform = forms.ChoiceField(
        label="哪一家", choices=Platform.choices, widget=forms.RadioSelect, initial=Platform.WECOM,
        error_messages={"required": "选企业微信或者钉钉。"},
    )  # fmt: skip
    address = forms.CharField(label="机器人地址", max_length=300, required=False, widget=forms.TextInput(attrs=PLAIN))
    secret = forms.CharField(
        label="加签密钥", max_length=200, required=False, widget=forms.TextInput(attrs=PLAIN),
        help_text="钉钉机器人安全设置里选“加签”才有，SEC开头。",
    )  # fmt: skip

    class Meta:
        model = RobotHook
        fields = ["platform", "is_active"]
        labels = {"is_active": "每个工作日发一条"}

    def __init__(self, data=None, *, hook=None):
        self.hook = hook
        super().__init__(data, instance=hook)
        hint = "现在的地址不再显示；不换就空着。" if hook else "在群里添加机器人，把它给的地址整段贴过来。"
        self.fields["address"].help_text = hint

    def clean(self):
        values = super().clean()
        typed = values.get("address", "").strip()
        address = typed or (self.hook.address if self.hook else "")
        if not address:
            self.add_error("address", "贴上机器人的地址。")
        elif values.get("platform") and not is_address_of(values["platform"], address):
            name = Platform(values["platform"]).label
            self.add_error("address", f"这不是{name}机器人的地址：在{name}群里添加机器人，把地址整段复制过来。")
        kept = self.hook.secret if self.hook and not typed else ""
        values["address"], values["secret"] = address, values.get("secret", "").strip() or kept
        return values

    def facts(self):
        return {name: self.cleaned_data[name] for name in ("platform", "address", "secret", "is_active")}
