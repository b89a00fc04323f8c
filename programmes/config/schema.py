"""The schema of a programme's settings: what TOML files may say and what code may ask.

Sources: the two notices (S…, W… rows), domain.md §3, §4, §7 for defaults. No code asks for a district's name:
everything that differs between districts is a value here. What pydantic cannot say with a place (one code
twice, a step of hours) is in check.py.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from programmes.enums import DeadlineKind, Mode

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Label = Annotated[str, Field(min_length=1, max_length=60)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
ModeCode = Annotated[Mode, Field(strict=False)]
Kind = Annotated[DeadlineKind, Field(strict=False)]
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """Strict: "5" is not 5, and a key nobody knows is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# ── visits ──


class ModeRule(Part):
    """counts_when: a mode that does not count by itself does for these reasons (陕西, 利州: domain.md §7)."""

    code: ModeCode
    counts: bool
    label: Label | None = None
    counts_when: list[Literal["out_of_county", "declined", "ill"]] = []

    @property
    def name(self):
        return self.label or self.code.label


class Appointment(Part):
    notice_hours: Count = 24
    quiet_from: Clock = "21:00"
    quiet_to: Clock = "08:00"
    confirm: bool = True


class Frequency(Part):
    """How often a family is called on: everybody in a year, priority pupils in a term."""

    all_per_year: Count = 1
    priority_per_term: Count = 1
    newly_arrived_first: bool = True


class VisitRules(Part):
    modes: list[ModeRule]
    min_visitors: int = Field(2, ge=1)
    record_within_days: Count = 7
    lock_after_days: Count = 7
    gift_statement: bool = True
    photos: Literal["off", "optional", "asked"] = "off"
    photo_hint: str = ""
    video: bool = False
    appointment: Appointment = Appointment()
    frequency: Frequency = Frequency()
    remote_needs_reason: bool = False
    families_each: int = Field(8, ge=1)  # what one visitor can well call on: the load bars of the class head
    newly_arrived_days: Count = 60
    decline_offers: list[ModeCode] = []
    prepare: bool = True


class ShareTier(Part):
    """share of the due pupils to be reached, for a stage and/or classes above a size (平度, 白银: domain.md §7)."""

    share: float = Field(ge=0, le=1)
    stage: Literal["kindergarten", "primary", "junior", "senior"] | None = None
    class_size_over: int | None = Field(None, ge=1)


# ── the record ──


class RecordField(Part):
    """One text of the record, W36–W40: 起因 过程 情况分析 措施与成效 反思. prompts: guide questions."""

    code: Literal["cause", "process", "analysis", "measures", "reflection"]
    label: Label
    required: bool = True
    prompts: list[Label] = []
    max_chars: int = Field(3000, ge=50, le=20_000)


class Observation(Part):
    """Something to look at in the home, W2, W3, W82. Sealed data: never leaves the school."""

    code: Code
    label: Label
    hint: str = ""


class Record(Part):
    fields: list[RecordField] = Field(min_length=1)
    observations: list[Observation] = []
    school_may_change: bool = True


class ChecklistItem(Part):
    code: Code
    label: Label
    hint: str = ""


class ChecklistGroup(Part):
    """活动内容, 四进家庭, 文明倡议: counted per visit and summed for the report."""

    code: Code
    label: Label
    items: list[ChecklistItem] = Field(min_length=1)


# ── conduct and getting ready ──


class ConductRule(Part):
    kind: Literal["do", "dont"]
    text: Label


class Conduct(Part):
    """Signed once per programme and version; shown before visiting."""

    title: Label = "家访守则"
    version: int = Field(1, ge=1)
    rules: list[ConductRule] = []

    @property
    def dos(self):
        return [rule.text for rule in self.rules if rule.kind == "do"]

    @property
    def donts(self):
        return [rule.text for rule in self.rules if rule.kind == "dont"]


class Reading(Part):
    title: Label
    note: str = ""


class Training(Part):
    """required: who visits has been to a meeting of kind `event`; the school is shown who has not (is_trained).
    hold_back: such a visitor's record is not taken until the school has the attendance; otherwise nobody is held up."""

    required: bool = False
    hold_back: bool = False
    event: Code = "training"
    topics: list[Label] = []


class Event(Part):
    """A meeting the notice asks for, W29, W90: minutes and attendance are kept."""

    code: Code
    label: Label
    level: Literal["school", "district", "city"] = "school"


class Seat(Part):
    """One row of the leading group: 组长, 副组长, 组员 and the offices that sit there (W9, W10)."""

    label: Label
    offices: list[Label] = []


# ── what comes back ──


class Quotas(Part):
    """Per school; absent is no limit. leader_households: families a leader is to visit."""

    plan: int | None = Field(None, ge=0)
    story: int | None = Field(None, ge=0)
    essay: int | None = Field(None, ge=0)
    case: int | None = Field(None, ge=0)
    diary: int | None = Field(None, ge=0)
    survey: int | None = Field(None, ge=0)
    deeds: int | None = Field(None, ge=0)
    leader_households: int | None = Field(None, ge=0)


class Criterion(Part):
    """One line of a judge's sheet. max: points; the weights of all lines are taken together as 100."""

    code: Code
    label: Label
    hint: str = ""
    weight: int = Field(1, ge=1, le=100)
    max: int = Field(10, ge=2, le=100)


class Award(Part):
    """places: how many of them; absent is as many as the judges' result deserves."""

    label: Annotated[str, Field(min_length=1, max_length=20)]
    places: int | None = Field(None, ge=1)


class Judging(Part):
    """What a round starts from. ties, in order: "criterion:<code>" the better mean of that line, "spread" the smaller
    difference between the judges, "order" the school's own order. What no rule parts shares a place."""

    criteria: list[Criterion] = [
        Criterion(code="truth", label="真实具体", hint="人和事经得起核对", weight=4),
        Criterion(code="care", label="师爱和办法", hint="对孩子有用，家庭听得进", weight=4),
        Criterion(code="words", label="表达", hint="朴实清楚", weight=2),
    ]
    ties: list[Annotated[str, Field(pattern=r"^(criterion:[a-z][a-z0-9_]*|spread|order)$")]] = ["criterion:truth", "spread"]
    awards: list[Award] = [Award(label="一等奖"), Award(label="二等奖"), Award(label="三等奖")]
    judges_each: int = Field(3, ge=1, le=15)
    drop_extremes: bool = False


class WorkKind(Part):
    """levels: the contests it goes through, lowest first, none left out. needs_visit: hangs on a recorded visit (always
    so for a story). form_title: heading of its form; may hold {authority} and {school}. city_quota: how many of the
    kind the district may send on to the office above; absent is no limit."""

    code: Literal["story", "essay", "diary", "survey", "case", "deeds"]
    label: Label
    prompts: list[Label] = []
    max_chars: int = Field(3000, ge=50, le=20_000)
    suggested_chars: Annotated[tuple[int, int] | None, Field(strict=False)] = None
    levels: list[Literal["school", "district", "city"]] = ["school"]
    truth_statement: bool = False
    needs_visit: bool = False
    form_title: str = Field("", max_length=80)
    form_note: str = Field("", max_length=120)
    judging: Judging = Judging()
    city_quota: int | None = Field(None, ge=0)

    @property
    def goes_up(self):
        return "district" in self.levels

    @property
    def goes_to_city(self):
        return "city" in self.levels

    @property
    def hangs_on_visit(self):
        return self.needs_visit or self.code == "story"


class Submission(Part):
    """Something to hand in. deadline: the kind of the deadline it falls under; absent where the notice sets no day."""

    code: Literal["plan", "story", "report", "records", "ledger", "essay", "case", "diary", "survey"]
    label: Label
    by: Literal["school", "teacher"] = "school"
    annex: str = ""
    deadline: Kind | None = None


class ReportSection(Part):
    """figures: the section is filled with computed figures (S66). numbered: written as 1. 2. 3. (S67). material: what
    may be offered beside it: help given, what families said, 亮点."""

    label: Label
    hint: str = ""
    figures: bool = False
    numbered: bool = False
    material: list[Literal["help", "opinions", "highlights", "events", "publicity"]] = []


class Report(Part):
    """title may hold {school}. suggested_chars: of all sections together."""

    title: Label = "{school}家访活动报告"
    suggested_chars: int | None = Field(None, ge=100)
    sections: list[ReportSection] = []


class CareRules(Part):
    """Who needs special care gets a file, a strategy, a helper (W56); difficulties: the kinds a plan may name."""

    ledgers: list[Label] = []
    difficulties: list[Label] = []
    psych_follow_up: bool = False


class SampleTier(Part):
    """families to ring back at schools with at most so many parallel classes; absent is any number."""

    parallel_classes_up_to: int | None = Field(None, ge=1)
    families: int = Field(ge=1)


class Callback(Part):
    """Families rung back by the authority: two callers, a list several times the sample, unseen by the school."""

    callers: int = Field(2, ge=1)
    list_times: int = Field(3, ge=1)
    tiers: list[SampleTier] = []


class Hints(Part):
    """Signs of visits for form's sake. Shown to the teacher, then the leader; never scored (domain.md §7).

    short_visits: calls of one day shorter than shorter_than_minutes from which the day is worth a question.
    similar_percent, similar_records, similar_from_chars: how alike, in how many records, from which length on.
    teacher_workdays: so long a hint is the teacher's alone. follow_up_days: after these the district counts it as waiting.
    """

    shorter_than_minutes: Count = 10
    more_than_a_day: Count = 8
    short_visits: int = Field(3, ge=1)
    last_days: Count = 3
    last_days_share: float = Field(0.4, ge=0, le=1)
    similar_text: bool = True
    similar_percent: int = Field(90, ge=60, le=100)
    similar_records: int = Field(3, ge=2)
    similar_from_chars: int = Field(40, ge=10)
    reused_photo: bool = True
    teacher_workdays: Count = 2
    follow_up_days: int = Field(7, ge=1)
    authority_sees_counts: bool = False


class Assessment(Part):
    """Where the statement on a teacher's visits may be used, and what it tells. Paperwork weighs nothing
    (教师厅〔2025〕2号). items: the facts it lists, in order; reports/ knows how each is counted. objection_days: how
    long a teacher may object before it is final."""

    uses: list[Label] = []
    paperwork_weight: float = Field(0, ge=0, le=1)
    version: int = Field(1, ge=1)
    items: list[
        Literal["participation", "families", "priority_first", "follow_ups", "promises", "opinions", "training",
                "conduct", "works", "honours"]
    ] = ["participation", "families", "priority_first", "follow_ups", "promises", "training", "conduct", "works", "honours"]
    objection_days: int = Field(7, ge=1, le=60)


class Retention(Part):
    records_years_after_leaving: Count = 3
    photos_years_after_end: Count = 1


class Reminders(Part):
    """When people are told what is due. Messages leave on workdays only; appointments of tomorrow also the evening
    before on any day. missing_before: so many workdays before a deadline the lists of who is missing go out.
    families_after_days: so many days after its last one a notice nobody closed still tells of its families."""

    day_at: Clock = "08:30"
    evening_at: Clock = "18:00"
    quiet_from: Clock = "20:00"
    quiet_to: Clock = "08:00"
    missing_before: list[Annotated[int, Field(ge=0, le=60)]] = [15, 10, 5, 2, 1, 0]
    families_after_days: Count = 30


class Basis(Part):
    """A document of a higher office that the notice rests on (W1: city → district → school)."""

    title: str = Field(min_length=1, max_length=120)
    issuer: str = Field("", max_length=80)
    document_no: str = Field("", max_length=40)


class ProgrammeConfig(Part):
    visit: VisitRules
    record: Record
    checklist: list[ChecklistGroup] = []
    materials: list[ChecklistItem] = []  # handed over at the visit, counted like the checklist
    help_kinds: list[Label] = ["学习辅导", "资助", "物品", "心理支持", "家庭教育指导", "其他"]
    conduct: Conduct = Conduct()
    shares: list[ShareTier] = []
    quotas: Quotas = Quotas()
    works: list[WorkKind] = []
    submissions: list[Submission] = []
    reading: list[Reading] = []
    training: Training = Training()
    events: list[Event] = []
    group: list[Seat] = []
    opinion_categories: list[Label] = []
    opinion_handling: list[Label] = []
    hot_topics: list[Label] = []
    care: CareRules = CareRules()
    callback: Callback = Callback()
    hints: Hints = Hints()
    assessment: Assessment = Assessment()
    retention: Retention = Retention()
    reminders: Reminders = Reminders()
    linked: list[Label] = []
    channels: list[Label] = []
    plan_fields: list[Label] = []
    report: Report = Report()
    basis: list[Basis] = []
    upper_office: Annotated[str, Field(min_length=1, max_length=20)] = "市教育局"  # whom works that go on are sent to
    year_round: bool = False

    @property
    def counted_modes(self):
        return {m.code for m in self.visit.modes if m.counts}

    def share_for(self, *, stage, size):
        """The share of a class's due pupils that the notice asks for: the first tier that fits, else all."""
        for tier in self.shares:
            if tier.stage in (None, stage) and (tier.class_size_over is None or size > tier.class_size_over):
                return tier.share
        return 1.0
