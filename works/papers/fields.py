"""The names a template of 附件1 and of the other works' form may use, in the order of the paper (S58–S64)."""

from programmes.papers import Field

STORY = "开学第二周，孩子想把阳台上的菜写进作文里。\n傍晚我到他家，外婆正在摘毛豆。我们商量：每晚八点前写完，外婆当第一个读者。"

STORY_FIELDS = [
    Field("附件", "第几号附件", "附件1"),
    Field("标题", "表的名称", "示例区“示例走万家”活动\n感人故事推荐表"),
    Field("填报单位", "学校全称", "示例第一小学", required=True),
    Field("姓名", "被推荐的老师", "陈思远", required=True),
    Field("性别", "男、女", "女", required=True),
    Field("出生年月", "年和月", "1991年4月", required=True),
    Field("职务", "任什么职", "班主任", required=True),
    Field("政治面貌", "按国家标准的叫法", "中共党员", required=True),
    Field("联系电话", "给评审看的只印头尾", "199****5518", required=True),
    Field("走访对象", "不印学生真名", "五（3）班 顾同学家庭", required=True),
    Field("走访时间", "走访那一天", "2022年9月16日", required=True),
    Field("题目", "故事的题目", "菜园里的作文课"),
    Field("感人故事", "一段一段的正文", STORY, required=True),
    Field("学校推荐意见", "学校写的意见；下面要留出盖章的地方", "情况属实，同意推荐。", required=True),
    Field("意见日期", "没有写就留空，盖章时填", "2022年9月28日", required=True),
    Field("备注", "表下面的话", "备注：此表为样张，可根据实际内容调整。"),
    Field("活动", "活动名称", "“示例走万家”活动"),
    Field("编号", "系统里的编号", "1024"),
]  # fmt: skip

WORK_FIELDS = [
    Field("附件", "第几号附件，没有就不印", "附件3"),
    Field("标题", "表的名称", "示例区“示例走万家”活动家访征文推荐表"),
    Field("题目", "作品的题目", "阳台上的作文", required=True),
    Field("作者", "谁写的", "陈思远", required=True),
    Field("事迹人", "先进事迹写的是谁；别的作品没有", "罗一鸣"),
    Field("学校", "学校全称", "示例第一小学", required=True),
    Field("学科", "教什么", "语文"),
    Field("联系电话", "给评审看的只印头尾", "199****5518"),
    Field("类别", "征文、日记、调查报告、典型案例……", "家访征文", required=True),
    Field("走访对象", "从一次家访写起的才有；不印学生真名", "五（3）班 顾同学家庭"),
    Field("走访时间", "从一次家访写起的才有", "2022年9月16日"),
    Field("正文", "一段一段的正文", STORY, required=True),
    Field("原创承诺", "作者的话", "本人承诺内容真实、为本人所写。", required=True),
    Field("校级等级", "学校评的等级", "一等奖"),
    Field("推荐区级", "学校有没有推荐到区里", "是，第1位"),
    Field("学校推荐意见", "学校写的意见；下面要留出盖章的地方", "情况属实，同意推荐。", required=True),
    Field("意见日期", "没有写就留空，盖章时填", "2022年9月28日"),
    Field("备注", "表下面的话", "备注：此表可根据实际内容调整。"),
    Field("活动", "活动名称", "“示例走万家”活动"),
    Field("编号", "系统里的编号", "1024"),
]  # fmt: skip
