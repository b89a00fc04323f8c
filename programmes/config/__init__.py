"""What a notice may say: `schema` is what code asks of a programme, `notice` the whole file, `check` what is wrong."""

from programmes.config.schema import ProgrammeConfig, RecordField

__all__ = ["ProgrammeConfig", "RecordField"]
