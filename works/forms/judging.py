"""Settings of a round and points of a sheet, from a page to clean data."""

from django import forms

from core.clock import today
from programmes.config.days import last_day_before, midnight_after
from works.enums import Level
from works.models import Round
from works.queries.judging import kinds_for

MOST_CRITERIA, MOST_TIES, MOST_AWARDS = 8, 3, 6
DISTRICT = "district"
SPREAD, ORDER = ("spread", "评委分歧小的在前"), ("order", "学校推荐顺序在前的在前")


def _whole(label, low, high, **facts):
    said = f"填{low}到{high}的整数。"
    return forms.IntegerField(
        label=label, min_value=low, max_value=high, widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": said, "min_value": said, "max_value": said, "required": said}, **facts,
    )  # fmt: skip


def _at_most(characters):
    return {"max_length": characters, "error_messages": {"max_length": f"最多{characters}个字。"}}


class RoundBase(forms.Form):
    title = forms.CharField(
        label="名称", max_length=60,
        error_messages={"required": "写个名称，评委会看到。", "max_length": "名称最多60个字。"},
    )  # fmt: skip
    judges_each = _whole("每件几人评", 1, 15)
    drop_extremes = forms.BooleanField(label="去掉一个最高分和一个最低分", required=False)
    closes_on = forms.DateField(
        label="评到哪一天", required=False, help_text="到这一天24:00。每件都评够了就自动结束；没评够的不结束，会告诉你缺哪些。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期写成 2022-09-18 这样。"},
    )  # fmt: skip

    def clean_closes_on(self):
        day = self.cleaned_data["closes_on"]
        if day and day < today():
            raise forms.ValidationError(f"这一天已经过了。今天是{today().month}月{today().day}日。")
        return day

    def values(self):
        data = self.cleaned_data
        day = data["closes_on"]
        return {
            "title": data["title"].strip(), "judges_each": data["judges_each"], "drop_extremes": data["drop_extremes"],
            "closes_at": midnight_after(day) if day else None,
        }  # fmt: skip


class NewRoundForm(RoundBase):
    """places: [(value, label)] where the user may run one; with a single one it is not asked."""

    place = forms.ChoiceField(label="哪一级", error_messages={"required": "选一级。", "invalid_choice": "这一级你不能办。"})
    kind = forms.ChoiceField(
        label="评什么", widget=forms.RadioSelect,
        error_messages={"required": "还没有选评什么。", "invalid_choice": "这一级不评这一种，换一种。"},
    )  # fmt: skip
    field_order = ["place", "kind", "title", "judges_each", "drop_extremes", "closes_on"]

    def __init__(self, *args, programme, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.programme, self.places = programme, dict(places)
        levels = {level_of(value) for value in self.places}
        kinds = {code: label for level in sorted(levels) for code, label in kinds_for(programme, level).items()}
        self.fields["kind"].choices = list(kinds.items())
        self.fields["place"].choices = list(places)
        if len(self.places) == 1:
            del self.fields["place"]
        if len(kinds) == 1:
            self.fields["kind"].initial = next(iter(kinds))

    @property
    def chosen_place(self):
        return self.cleaned_data.get("place") or next(iter(self.places))

    def clean(self):
        data = super().clean()
        place = data.get("place") or (next(iter(self.places)) if len(self.places) == 1 else "")
        if place and data.get("kind") and data["kind"] not in kinds_for(self.programme, level_of(place)):
            self.add_error("kind", "这一级不评这一种，换一种。")
        return data


def level_of(place):
    return Level.DISTRICT if place == DISTRICT else Level.SCHOOL


class EditRoundForm(RoundBase):
    """Everything of a round that is data: lines of the sheet, rules for ties, labels of awards.

    A line whose name is emptied is gone; empty rows are for new ones.
    """

    def __init__(self, *args, round_, **kwargs):
        self.round = round_
        super().__init__(*args, initial=_initial(round_), **kwargs)
        self.criteria_count = min(MOST_CRITERIA, len(round_.criteria) + 2)
        self.award_count = min(MOST_AWARDS, max(len(round_.awards) + 1, 3))
        for i in range(self.criteria_count):
            self.fields[f"label_{i}"] = forms.CharField(label=f"第{i + 1}项", required=False, **_at_most(60))
            self.fields[f"weight_{i}"] = _whole("权重", 1, 100, required=False)
            self.fields[f"max_{i}"] = _whole("满分", 2, 100, required=False)
            self.fields[f"hint_{i}"] = forms.CharField(label="说明", required=False, **_at_most(60))
        rules = [(f"criterion:{one['code']}", f"“{one['label']}”平均分高的在前") for one in round_.criteria]
        for i in range(MOST_TIES):
            self.fields[f"tie_{i}"] = forms.ChoiceField(
                label=f"同分先看{i + 1}", required=False, choices=[("", "不再分"), *rules, SPREAD, ORDER]
            )
        for i in range(self.award_count):
            self.fields[f"award_{i}"] = forms.CharField(label=f"等级{i + 1}", required=False, **_at_most(20))
            self.fields[f"places_{i}"] = _whole("个数", 1, 9999, required=False)

    def criteria_rows(self):
        return [[self[f"{name}_{i}"] for name in ("label", "weight", "max", "hint")] for i in range(self.criteria_count)]

    def tie_rows(self):
        return [self[f"tie_{i}"] for i in range(MOST_TIES)]

    def award_rows(self):
        return [[self[f"award_{i}"], self[f"places_{i}"]] for i in range(self.award_count)]

    def clean(self):
        data = super().clean()
        data["criteria"] = self._criteria(data)
        data["ties"] = self._ties(data)
        data["awards"] = self._awards(data)
        return data

    def _criteria(self, data):
        codes = [one["code"] for one in self.round.criteria]
        found, labels = [], set()
        for i in range(self.criteria_count):
            label = (data.get(f"label_{i}") or "").strip()
            if not label:
                continue
            if label in labels:
                self.add_error(f"label_{i}", f"“{label}”写了两次。")
            labels.add(label)
            for name, word in (("weight", "权重"), ("max", "满分")):
                if data.get(f"{name}_{i}") is None and f"{name}_{i}" not in self.errors:
                    self.add_error(f"{name}_{i}", f"“{label}”还没有填{word}。")
            code = codes[i] if i < len(codes) else _new_code(codes + [one["code"] for one in found])
            found.append({
                "code": code, "label": label, "hint": data.get(f"hint_{i}") or "", "weight": data.get(f"weight_{i}"),
                "max": data.get(f"max_{i}"),
            })  # fmt: skip
        if not found:
            self.add_error("label_0", "至少要有一项。")
        return found

    def _ties(self, data):
        codes = {f"criterion:{one['code']}" for one in data["criteria"]}
        found = []
        for i in range(MOST_TIES):
            rule = data.get(f"tie_{i}")
            if not rule:
                continue
            if rule.startswith("criterion:") and rule not in codes:
                self.add_error(f"tie_{i}", "这一项已经去掉，同分规则也要换。")
            elif rule in found:
                self.add_error(f"tie_{i}", "这条规则写了两次。")
            found.append(rule)
        return found

    def _awards(self, data):
        found = []
        for i in range(self.award_count):
            label = (data.get(f"award_{i}") or "").strip()
            if not label:
                if data.get(f"places_{i}"):
                    self.add_error(f"award_{i}", "填了个数，等级的名称也要写。")
                continue
            if label in [one["label"] for one in found]:
                self.add_error(f"award_{i}", f"“{label}”写了两次。")
            found.append({"label": label, "places": data.get(f"places_{i}")})
        return found

    def values(self):
        names = ("criteria", "ties", "awards")
        return super().values() | {name: self.cleaned_data[name] for name in names}


def _new_code(taken):
    return next(f"item{n}" for n in range(1, 99) if f"item{n}" not in taken)


def _initial(round_):
    found = {
        "title": round_.title, "judges_each": round_.judges_each, "drop_extremes": round_.drop_extremes,
        "closes_on": last_day_before(round_.closes_at) if round_.closes_at else None,
    }  # fmt: skip
    for i, one in enumerate(round_.criteria):
        found |= {f"{name}_{i}": one.get(name, "") for name in ("label", "weight", "max", "hint")}
    found |= {f"tie_{i}": rule for i, rule in enumerate(round_.ties[:MOST_TIES])}
    for i, one in enumerate(round_.awards):
        found |= {f"award_{i}": one["label"], f"places_{i}": one.get("places")}
    return found


class ScoreForm(forms.Form):
    """One number a line, whole or half points."""

    comment = forms.CharField(
        label="评语", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "评语最多500个字。"},
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args, criteria, **kwargs):
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for one in criteria:
            said = f"打0到{one['max']}分，可以打半分。"
            self.fields[f"score_{one['code']}"] = forms.DecimalField(
                label=one["label"], min_value=0, max_value=one["max"], decimal_places=1,
                widget=forms.NumberInput(
                    attrs={"inputmode": "decimal", "step": "0.5", "data-weight": one["weight"], "data-max": one["max"]}
                ),
                error_messages={
                    "required": f"“{one['label']}”还没有打分。", "invalid": said, "min_value": said, "max_value": said,
                    "max_decimal_places": said,
                },
            )  # fmt: skip

    def clean(self):
        data = super().clean()
        for one in self.criteria:
            points = data.get(f"score_{one['code']}")
            if points is not None and points * 2 % 1:
                self.add_error(f"score_{one['code']}", f"打0到{one['max']}分，可以打半分。")
        return data

    def rows(self):
        """[(line, bound field, points for one tap)]"""
        return [(one, self[f"score_{one['code']}"], _taps(one["max"])) for one in self.criteria]

    def scores(self):
        return {one["code"]: self.cleaned_data[f"score_{one['code']}"] for one in self.criteria}


def _taps(most):
    return range(most + 1) if most <= 10 else []


def score_initial(sheet, seen):
    scores = {f"score_{code}": points for code, points in sheet.scores.items()}
    return scores | {"comment": sheet.comment, "seen": seen}


class RecuseForm(forms.Form):
    reason = forms.CharField(
        label="为什么回避", max_length=200, help_text="比如认识写的人。不用写名字，办评选的人会看到。",
        error_messages={"required": "写一句为什么回避。", "max_length": "最多200个字。"},
    )  # fmt: skip


class PlacesForm(forms.Form):
    def __init__(self, *args, round_: Round, **kwargs):
        super().__init__(*args, **kwargs)
        self.labels = [one["label"] for one in round_.awards]
        for i, one in enumerate(round_.awards):
            self.fields[f"places_{i}"] = _whole(one["label"], 1, 9999, required=False, initial=one.get("places"))

    def places(self):
        return {label: self.cleaned_data[f"places_{i}"] for i, label in enumerate(self.labels)}
