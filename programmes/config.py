"""The schema of a notice: what TOML files may say and what code may ask of a programme.

Sources: the two notices (S…, W… rows), domain.md §3, §4, §7 for defaults. No code asks for a district's name:
everything that differs between districts is a value here.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from programmes.enums import Mode

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Label = Annotated[str, Field(min_length=1, max_length=60)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModeRule(Part):
    code: Mode
    counts: bool
    label: Label | None = None


class RecordField(Part):
    """One text of the record, W36–W40: 起因 过程 情况分析 措施与成效 反思."""

    code: Literal["cause", "process", "analysis", "measures", "reflection"]
    label: Label
    required: bool = True
    prompts: list[str] = []
    max_chars: int = Field(3000, ge=50, le=20_000)


class ChecklistItem(Part):
    code: Code
    label: Label
    hint: str = ""


class ChecklistGroup(Part):
    """活动内容, 四进家庭, 文明倡议: counted per visit and summed for the report."""

    code: Code
    label: Label
    items: list[ChecklistItem] = Field(min_length=1)


class ConductRule(Part):
    kind: Literal["do", "dont"]
    text: Label


class Conduct(Part):
    title: Label = "家访守则"
    version: int = 1
    rules: list[ConductRule] = []


class ShareTier(Part):
    """share of the due pupils to be reached, for a stage and/or classes above a size (平度, 白银: domain.md §7)."""

    share: float = Field(ge=0, le=1)
    stage: Literal["kindergarten", "primary", "junior", "senior"] | None = None
    class_size_over: int | None = Field(None, ge=1)


class Appointment(Part):
    notice_hours: int = 24
    quiet_from: str = "21:00"
    quiet_to: str = "08:00"
    confirm: bool = True


class VisitRules(Part):
    modes: list[ModeRule]
    min_visitors: int = 2
    record_within_days: int = 7
    lock_after_days: int = 7
    gift_statement: bool = True
    photos: Literal["off", "optional", "asked"] = "off"
    video: bool = False
    appointment: Appointment = Appointment()
    remote_needs_reason: bool = False
    newly_arrived_days: int = 60

    @field_validator("modes")
    @classmethod
    def each_mode_once(cls, modes):
        codes = [m.code for m in modes]
        if len(set(codes)) != len(codes):
            raise ValueError("同一走访方式写了两次")
        if not any(m.counts for m in modes):
            raise ValueError("至少要有一种计入覆盖率的走访方式")
        return modes


class Record(Part):
    fields: list[RecordField]
    school_may_change: bool = True


class Quotas(Part):
    """Per school; null is no limit."""

    plan: int | None = None
    story: int | None = None
    essay: int | None = None
    case: int | None = None


class WorkKind(Part):
    code: Literal["story", "essay", "diary", "survey", "case"]
    label: Label
    prompts: list[str] = []
    max_chars: int = 3000
    suggested_chars: tuple[int, int] | None = None


class Retention(Part):
    records_years_after_leaving: int = 3
    photos_years_after_end: int = 1


class Reading(Part):
    title: Label
    note: str = ""


class ProgrammeConfig(Part):
    visit: VisitRules
    record: Record
    checklist: list[ChecklistGroup] = []
    conduct: Conduct = Conduct()
    shares: list[ShareTier] = []
    quotas: Quotas = Quotas()
    works: list[WorkKind] = []
    reading: list[Reading] = []
    opinion_categories: list[Label] = []
    retention: Retention = Retention()
    linked: list[Label] = []
    plan_fields: list[Label] = []
    report_sections: list[Label] = []

    @model_validator(mode="after")
    def checklist_codes_once(self):
        codes = [item.code for group in self.checklist for item in group.items]
        if len(set(codes)) != len(codes):
            raise ValueError("两个清单项用了同一个代码")
        return self

    @property
    def counted_modes(self):
        return {m.code for m in self.visit.modes if m.counts}

    def share_for(self, *, stage, size):
        """The share of a class's due pupils that the notice asks for: the first tier that fits, else all."""
        for tier in self.shares:
            if tier.stage in (None, stage) and (tier.class_size_over is None or size > tier.class_size_over):
                return tier.share
        return 1.0
