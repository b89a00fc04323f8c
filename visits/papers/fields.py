"""The names a template of the 家访记录表 may use, in the order of the paper (W35–W40)."""

import base64

from core.documents import Picture
from programmes.papers import Field

GREY = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAAAAACRn/EaAAAAEElEQVR42mM8wcDAwMQAIwALLADOI6TNDAAAAABJRU5ErkJggg=="
)
PHOTO_MM = 56

TEXT_FIELDS = {
    "家访起因": "cause", "家访过程": "process", "情况分析": "analysis", "措施与成效": "measures", "家访反思": "reflection",
}  # fmt: skip
TEXTS = "正文"

FIELDS = [
    Field("活动", "活动名称", "“示例走万家”活动"),
    Field("记录状态", "待填、已提交、已归档、已作废", "已归档"),
    Field("学校", "学校全称", "示例第一小学", required=True),
    Field("班级", "按活动那一学年的叫法", "五（3）班", required=True),
    Field("学生", "这次走访的学生；外校的兄弟姐妹只印姓", "许嘉树、许嘉禾", required=True),
    Field("性别", "学生性别", "男、女"),
    Field("家访教师", "主访在前，同行在后", "陈思远（主访）、罗一鸣", required=True),
    Field("主访", "主访教师", "陈思远"),
    Field("同行", "同行教师", "罗一鸣"),
    Field("日期", "走访日期", "2022年9月17日", required=True),
    Field("时间", "起止时间和时长", "18:30–19:20，50分钟", required=True),
    Field("方式", "上门、就近、到校、视频、电话", "上门", required=True),
    Field("地点", "在哪里谈的；不印门牌", "学生家中"),
    Field("家庭成员", "这次谁在家", "学生、妈妈、爷爷奶奶"),
    Field("住址", "默认只印到路名", "晨曦路***"),
    Field("监护人", "姓名和电话；电话默认只印头尾", "母 许某 199****1234\n父 许某某 199****5678"),
    Field("备课", "去之前准备聊什么", "孩子会修自行车，先聊长处，再聊作业习惯。"),
    Field("家访起因", "第一栏", "开学后了解暑期情况。", required=True, instead=(TEXTS,)),
    Field("家访过程", "第二栏", "看了书桌和作业，聊了五十分钟。\n妈妈说孩子睡得晚。", required=True, instead=(TEXTS,)),
    Field("情况分析", "第三栏", "晚上没有人陪，作业拖得晚。", required=True, instead=(TEXTS,)),
    Field("措施与成效", "第四栏", "约好每晚八点开始写作业。", required=True, instead=(TEXTS,)),
    Field("家访反思", "第五栏", "下次早一点去。", required=True, instead=(TEXTS,)),
    Field(
        TEXTS, "五栏一起，按活动里的名称和次序",
        [
            {"标题": "家访起因", "内容": "开学后了解暑期情况。"},
            {"标题": "家访过程", "内容": "看了书桌和作业，聊了五十分钟。\n妈妈说孩子睡得晚。"},
            {"标题": "情况分析", "内容": "晚上没有人陪，作业拖得晚。"},
            {"标题": "措施与成效", "内容": "约好每晚八点开始写作业。"},
            {"标题": "家访反思", "内容": "下次早一点去。"},
        ],
    ),
    Field("孩子", "每个孩子单独记的话", [{"姓名": "许嘉树", "优点": "会修自行车，手很巧", "记录": "愿意和体育老师聊"}]),
    Field("观察", "活动里选看的几项", [{"栏目": "学习环境", "内容": "有自己的书桌"}]),
    Field("聊到的内容", "清单；聊到的打勾", [{"栏目": "四进家庭", "内容": "☑教育政策　☐学生激励措施"}]),
    Field("家长意见", "一条一行", [{"序号": "1", "类别": "作业", "内容": "希望作业少一点", "答复": "转学校答复"}]),
    Field("约定", "一件一行", [{"谁": "家里", "内容": "每晚一起读十分钟书", "期限": "2022年10月8日", "结果": "坚持了"}]),
    Field("回访", "什么时候、看什么", "2022年10月8日，看看作业时间"),
    Field("帮助", "一项一行", [{"种类": "物品", "内容": "课外书两本", "金额": "30元"}]),
    Field("材料", "送到的材料", "家庭教育指导手册"),
    Field("廉洁", "没有接受宴请和礼物", "☑没有接受宴请和礼物"),
    Field("照片", "最多两张；家长同意过、打印时又勾选了才有", [{"图片": Picture(GREY, PHOTO_MM)}]),
    Field("记录人", "提交记录的教师", "陈思远"),
    Field("记录日期", "提交的日期", "2022年9月18日"),
    Field("审核人", "同意归档的人", "王敏"),
    Field("审核日期", "归档的日期", "2022年9月20日"),
]  # fmt: skip
NAMES = [field.name for field in FIELDS]
