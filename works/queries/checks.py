"""数据核对: what the review desk can check by itself before somebody reads a work."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One line of a check list. ok: None where there is nothing to say right or wrong. hint: what to ask the school for."""

    ok: bool | None
    text: str
    hint: str = ""
