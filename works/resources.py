"""Lists of the desk as xlsx: columns by what the asker may read. Nothing comes in this way."""

import json

from django.utils import timezone
from import_export import fields, resources

from works.actions.district import kind_label
from works.enums import Side
from works.models import Work
from works.queries.alias import outside
from works.queries.queue import listed_title


def column(label, attribute=None):
    return fields.Field(attribute=attribute, column_name=label)


def moment(value):
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


class DeskResource(resources.ModelResource):
    """Rows of a list the asker has before them."""

    is_sealed = False

    def __init__(self, user=None, **kwargs):
        super().__init__(**kwargs)
        self.user = user

    def before_import(self, dataset, **kwargs):
        raise NotImplementedError("the desk imports nothing")


class WorkResource(DeskResource):
    """名单: what a reviewer reads."""

    number = column("编号", "pk")
    programme = column("活动", "programme__short_title")
    school_code = column("学校标识码", "school__code")
    school = column("学校", "school__name")
    kind = column("种类")
    title = column("题目")
    author = column("作者", "author__name")
    honoree = column("写的是谁", "honoree__name")
    position = column("职务")
    target = column("走访对象")
    visited_on = column("走访时间")
    order = column("推荐顺序", "school_order")
    opinion = column("学校推荐意见")
    opinion_on = column("意见日期", "opinion_on")
    school_award = column("校级等级", "school_award")
    filed_at = column("报区时间")
    late = column("补报")
    version = column("第几次提交", "version")
    state = column("状态")
    award = column("区级等级", "award")
    sent_up_at = column("报市时间")
    upper_award = column("市级等级", "upper_award")

    class Meta:
        model = Work
        name = "名单"
        fields = (
            "number", "programme", "school_code", "school", "kind", "title", "author", "honoree", "position", "target",
            "visited_on", "order", "opinion", "opinion_on", "school_award", "filed_at", "late", "version", "state", "award",
            "sent_up_at", "upper_award",
        )  # fmt: skip

    def dehydrate_kind(self, work):
        return kind_label(work)

    def dehydrate_title(self, work):
        return listed_title(work)

    def dehydrate_opinion(self, work):
        return outside(work, work.opinion)

    def dehydrate_position(self, work):
        return known(work).get("position", "")

    def dehydrate_target(self, work):
        return outside(work, known(work).get("target", ""))

    def dehydrate_visited_on(self, work):
        return known(work).get("visited_on", "")

    def dehydrate_filed_at(self, work):
        return moment(work.filed_at)

    def dehydrate_sent_up_at(self, work):
        return moment(work.sent_up_at)

    def dehydrate_late(self, work):
        return "是" if work.late else ""

    def dehydrate_state(self, work):
        return work.label_for(Side.DISTRICT)


class WorkContactResource(WorkResource):
    """名单和联系方式: the nominee's birth, politics and telephone too, for a district administrator, under a password."""

    is_sealed = True
    gender = column("性别")
    birth_month = column("出生年月")
    politics = column("政治面貌")
    phone = column("联系电话")

    class Meta:
        model = Work
        name = "名单和联系方式（加密）"
        fields = (*WorkResource.Meta.fields, "gender", "birth_month", "politics", "phone")

    def dehydrate_gender(self, work):
        return known(work).get("gender", "")

    def dehydrate_birth_month(self, work):
        return known(work).get("birth_month", "")

    def dehydrate_politics(self, work):
        return known(work).get("politics", "")

    def dehydrate_phone(self, work):
        return known(work).get("phone", "")


def known(work):
    """The nominee's fields as sealed with the last submission."""
    if not hasattr(work, "_known"):
        work._known = json.loads(work.facts) if work.facts else {}
    return work._known
