"""Lists of filed reports and plans as xlsx."""

from reports.models import SchoolPlan, SchoolReport
from reports.queries.review import state_words
from works.resources import DeskResource, column, moment


class FilingResource(DeskResource):
    """S1: what a school files carries nobody's birth or telephone."""

    number = column("编号", "pk")
    programme = column("活动", "programme__short_title")
    school_code = column("学校标识码", "school__code")
    school = column("学校", "school__name")
    receipt = column("回执号", "receipt")
    filed_by = column("报送人", "filed_by__name")
    filed_at = column("报送时间")
    late = column("补报")
    version = column("第几次报送", "version")
    state = column("状态")
    recommended = column("推荐典型")
    return_reason = column("退回原因", "return_reason")

    class Meta:
        fields = (
            "number", "programme", "school_code", "school", "receipt", "filed_by", "filed_at", "late", "version", "state",
            "recommended", "return_reason",
        )  # fmt: skip

    def dehydrate_filed_at(self, row):
        return moment(row.filed_at)

    def dehydrate_late(self, row):
        return "是" if row.late else ""

    def dehydrate_state(self, row):
        return state_words(row)

    def dehydrate_recommended(self, row):
        return "是" if row.recommended_at else ""


class ReportResource(FilingResource):
    class Meta(FilingResource.Meta):
        model = SchoolReport
        name = "报告名单"


class PlanResource(FilingResource):
    class Meta(FilingResource.Meta):
        model = SchoolPlan
        name = "方案名单"
