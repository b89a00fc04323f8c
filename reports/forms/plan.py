"""The plan as the page holds it: one form, with a numbered set of fields for each phase and each row of the group."""

from django import forms

from core.formats import day
from core.private import holds_id_number
from reports.queries.plan import seats

MOST_ROWS = 60
LONGEST = {"title": 100, "section": 5000, "phase": 1000, "name": 50, "office": 60, "duty": 200}
NUMBER = "像是有身份证号，删去再保存。系统不存证件号。"
DAY = {"required": "填上日期。", "invalid": "日期写成2022-09-18这样。"}
COLUMNS = ("seat", "name", "office", "duty")


def area(rows):
    return forms.Textarea(attrs={"rows": rows})


def words(label, longest, *, required=False, widget=None, empty=""):
    messages = {"max_length": f"最多{longest}个字，现在%(show_value)s个。", **({"required": empty} if empty else {})}
    return forms.CharField(label=label, max_length=longest, required=required, widget=widget, error_messages=messages)


class PlanForm(forms.Form):
    """content: as SchoolPlan.content(), what stands in the fields before anything is typed."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, programme, content, revision=0):
        super().__init__(data, initial={"revision": revision})
        self.programme = programme
        self.labels = list(dict.fromkeys([*programme.rules.plan_fields, *content["sections"]]))
        self.phases = list(programme.phases.all())
        self.seats = seats(programme)
        self.fields["title"] = words("标题", LONGEST["title"], required=True, empty="写上标题。")
        self.initial["title"] = content["title"]
        for number, label in enumerate(self.labels):
            self.fields[f"s{number}"] = words(label, LONGEST["section"], widget=area(5))
            self.initial[f"s{number}"] = content["sections"].get(label, "")
        self._phase_fields(content)
        count = rows_of(data) if data is not None else len(content["members"])
        self.initial["rows"] = self.count = count
        for number in range(count):
            self._member_fields(number, content["members"][number] if number < len(content["members"]) else {})

    def _phase_fields(self, content):
        kept = {row["code"]: row for row in content["phases"]}
        for number, phase in enumerate(self.phases):
            row = kept.get(phase.code, {})
            limits = {"type": "date", "min": phase.starts_on.isoformat(), "max": phase.ends_on.isoformat()}
            for name, label in (("starts_on", "从"), ("ends_on", "到")):
                widget = forms.DateInput(attrs=limits, format="%Y-%m-%d")
                self.fields[f"p{number}-{name}"] = forms.DateField(
                    label=f"{phase.name}{label}哪天", widget=widget, error_messages=DAY
                )
                self.initial[f"p{number}-{name}"] = row.get(name, "")
            self.fields[f"p{number}-text"] = words(f"{phase.name}做什么", LONGEST["phase"], widget=area(4))
            self.initial[f"p{number}-text"] = row.get("text", "")

    def _member_fields(self, number, row):
        said = f"第{number + 1}行"
        choices = [(label, label) for label in dict.fromkeys([*self.seats, *filter(None, [row.get("seat")])])]
        self.fields[f"m{number}-seat"] = forms.ChoiceField(
            label=f"{said}职责", choices=choices,
            error_messages=dict.fromkeys(("required", "invalid_choice"), "选一下职责。"),
        )  # fmt: skip
        name = words(f"{said}姓名", LONGEST["name"])
        name.widget.attrs |= {"list": "plan-colleagues", "autocomplete": "off"}
        office = words(f"{said}职务", LONGEST["office"])
        office.widget.attrs |= {"list": "plan-offices", "autocomplete": "off"}
        self.fields |= {
            f"m{number}-name": name,
            f"m{number}-office": office,
            f"m{number}-duty": words(f"{said}分工", LONGEST["duty"]),
            f"m{number}-phases": forms.MultipleChoiceField(
                label=f"{said}在哪些阶段", required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(phase.code, phase.name) for phase in self.phases],
                error_messages={"invalid_choice": "有一个阶段不在活动里，重新勾选。"},
            ),
        }  # fmt: skip
        for column in (*COLUMNS, "phases"):
            self.initial[f"m{number}-{column}"] = row.get(column, "" if column != "phases" else [])

    # ── For the page ──

    def section_fields(self):
        return [(label, self[f"s{number}"]) for number, label in enumerate(self.labels)]

    def phase_fields(self):
        names = ("starts_on", "ends_on", "text")
        return [
            {"phase": phase, **{name: self[f"p{number}-{name}"] for name in names}}
            for number, phase in enumerate(self.phases)
        ]

    def member_rows(self):
        return [
            {"number": number, **{column: self[f"m{number}-{column}"] for column in (*COLUMNS, "phases")}}
            for number in range(self.count)
        ]

    @property
    def offices(self):
        return list(dict.fromkeys(office for offices in self.seats.values() for office in offices))

    # ── Checks ──

    def clean(self):
        data = super().clean()
        for name, value in list(data.items()):
            if isinstance(value, str) and holds_id_number(value):
                self.add_error(name, NUMBER)
        for number, phase in enumerate(self.phases):
            self._check_days(number, phase)
        seen = {}
        for number in range(self.count):
            name, seat = data.get(f"m{number}-name"), data.get(f"m{number}-seat")
            if name and seen.setdefault((name, seat), number) != number:
                self.add_error(f"m{number}-name", f"{name}已经在第{seen[name, seat] + 1}行，删掉一行。")
        return data

    def _check_days(self, number, phase):
        first, last = (self.cleaned_data.get(f"p{number}-{name}") for name in ("starts_on", "ends_on"))
        for name, value in (("starts_on", first), ("ends_on", last)):
            if value and not phase.starts_on <= value <= phase.ends_on:
                span = f"{day(phase.starts_on)}到{day(phase.ends_on)}"
                self.add_error(f"p{number}-{name}", f"活动定的是{span}，日期要在这中间。")
        if first and last and last < first and not self.errors.get(f"p{number}-ends_on"):
            self.add_error(f"p{number}-ends_on", "结束比开始早了，改一下。")

    def content(self):
        """As SchoolPlan.content(); rows in which nothing is written are left out."""
        data = self.cleaned_data
        members = [
            {column: data[f"m{number}-{column}"] for column in (*COLUMNS, "phases")} for number in range(self.count)
        ]
        phases = [
            {
                "code": phase.code, "name": phase.name, "text": data[f"p{number}-text"],
                "starts_on": data[f"p{number}-starts_on"].isoformat(),
                "ends_on": data[f"p{number}-ends_on"].isoformat(),
            }
            for number, phase in enumerate(self.phases)
        ]  # fmt: skip
        return {
            "title": data["title"],
            "sections": {label: data[f"s{number}"] for number, label in enumerate(self.labels)},
            "phases": phases,
            "members": [row for row in members if row["name"] or row["office"] or row["duty"]],
        }


def rows_of(data):
    """How many rows of the group the page sent."""
    text = data.get("rows", "")
    return min(int(text), MOST_ROWS) if text.isdecimal() and len(text) < 5 else 0


def typed(data, programme, labels):
    """What stands on the page, unchecked, as SchoolPlan.content(): to draw it again after a row was added or moved."""
    return {
        "title": data.get("title", ""),
        "sections": {label: data.get(f"s{number}", "") for number, label in enumerate(labels)},
        "phases": [
            {"code": phase.code, "name": phase.name}
            | {name: data.get(f"p{number}-{name}", "") for name in ("starts_on", "ends_on", "text")}
            for number, phase in enumerate(programme.phases.all())
        ],
        "members": [
            {column: data.get(f"m{number}-{column}", "") for column in COLUMNS}
            | {"phases": data.getlist(f"m{number}-phases")}
            for number in range(rows_of(data))
        ],
    }


def with_rows(members, act, programme):
    """(members after the button `act`, number of the row to go on in): "add", "up:3", "down:3", "drop:3"."""
    verb, _, place = act.partition(":")
    at = int(place) if place.isdecimal() and len(place) < 5 else -1
    if verb == "add" and len(members) < MOST_ROWS:
        last = members[-1]["seat"] if members else next(iter(seats(programme)))
        empty = {"seat": last, "name": "", "office": "", "duty": "", "phases": []}
        return [*members, empty], len(members)
    if not 0 <= at < len(members):
        return members, None
    rest = [*members[:at], *members[at + 1 :]]
    if verb == "drop":
        return rest, min(at, len(rest) - 1) if rest else None
    to = max(at - 1, 0) if verb == "up" else min(at + 1, len(rest)) if verb == "down" else at
    return [*rest[:to], members[at], *rest[to:]], to
