"""Which invented schools each demo authority has. Authorities, categories and dates come from the two notices."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from schools.enums import Ownership, SchoolKind

K = SchoolKind


@dataclass(frozen=True)
class SchoolPlan:
    """key: start of its showcase usernames, "" for schools without; parallel: classes a grade."""

    code: str
    name: str
    short_name: str
    kind: str
    town: str
    parallel: int
    key: str = ""
    ownership: str = Ownership.PUBLIC


@dataclass(frozen=True)
class DistrictPlan:
    """practice: schools of the sample rosters, empty until somebody imports one there."""

    notice: str
    schools: tuple
    practice: tuple

    @property
    def path(self) -> Path:
        return settings.BASE_DIR / "programmes" / "data" / f"{self.notice}.toml"

    @property
    def shown(self):
        """The two schools with a login for every role."""
        return [school for school in self.schools if school.key]


DISTRICTS = (
    DistrictPlan(
        "baoshan-2022",
        (
            SchoolPlan("2131990101", "宝山区青禾路小学", "青禾路小学", K.PRIMARY, "青禾街道", 3, "qinghe"),
            SchoolPlan("2131990102", "宝山区松涛外国语小学", "松涛外国语小学", K.PRIMARY, "望江镇", 2, "", Ownership.PRIVATE),
            SchoolPlan("3131990103", "宝山区临溪中学", "临溪中学", K.JUNIOR, "晨曦镇", 3, "linxi"),
            SchoolPlan("3131990104", "宝山区北潮中学", "北潮中学", K.JUNIOR, "听潮街道", 2),
            SchoolPlan("3131990105", "宝山区望江湾学校", "望江湾学校", K.NINE_YEAR, "望江镇", 1),
            SchoolPlan("3431990106", "宝山区明沙高级中学", "明沙高中", K.SENIOR, "明灯街道", 2),
        ),
        (SchoolPlan("3131990002", "示例区晨曦路中学", "晨曦路中学", K.JUNIOR, "晨曦镇", 0, "chenxi"),),
    ),
    DistrictPlan(
        "wujin-2023",
        (
            SchoolPlan("2132990201", "武进区梧桐里小学", "梧桐里小学", K.PRIMARY, "梧桐镇", 2, "wutong"),
            SchoolPlan("2132990202", "武进区白鹭洲小学", "白鹭洲小学", K.PRIMARY, "长堤镇", 1),
            SchoolPlan("3132990203", "武进区雁栖初级中学", "雁栖初中", K.JUNIOR, "长堤镇", 3, "yanqi"),
            SchoolPlan("3132990204", "武进区桐江第二初级中学", "桐江二中", K.JUNIOR, "梧桐镇", 2),
            SchoolPlan("3132990205", "武进区听潮学校", "听潮学校", K.NINE_YEAR, "听潮街道", 1, "", Ownership.PRIVATE),
            SchoolPlan("3432990206", "武进区石塘高级中学", "石塘高中", K.SENIOR, "云杉镇", 2),
        ),
        (
            SchoolPlan("3132990004", "示例市云杉初级中学", "云杉初中", K.JUNIOR, "云杉镇", 0, "yunshan"),
            SchoolPlan("2132990003", "示例市云杉镇中心小学", "云杉小学", K.PRIMARY, "云杉镇", 0, "yunshan-primary"),
        ),
    ),
)
