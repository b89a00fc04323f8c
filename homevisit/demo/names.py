"""Names, numbers and addresses of nobody (domain.md §9): serials 99xxxx, telephones 1990000xxxx, no ID numbers."""

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
DOUBLE_SURNAMES = ("欧阳", "上官", "诸葛", "司徒", "东方", "慕容")
GIVEN_BOYS = (
    "子墨", "嘉树", "沐阳", "予安", "亦辰", "云舟", "景行", "知远", "星野", "思齐", "浩然", "一帆", "承泽", "书航", "以恒",
    "天佑", "明轩", "锦程", "俊熙", "牧之", "望舒", "临川", "冬阳", "小北", "家宁", "立言", "怀瑾", "行健", "振宇", "博文",
    "远航", "乐康", "安之", "清和", "屿", "岩", "睿", "铭", "川", "朗", "昊", "越", "楠", "森", "恺", "驰",
)  # fmt: skip
GIVEN_GIRLS = (
    "梓涵", "一诺", "安然", "若溪", "知夏", "书瑶", "初晴", "可心", "子衿", "听雨", "嘉禾", "语桐", "念慈", "清越", "婉宁",
    "雨萱", "思语", "静姝", "采薇", "映雪", "佳怡", "晓彤", "南星", "木兰", "小满", "依依", "青黛", "半夏", "舒窈", "锦瑟",
    "欣悦", "诗涵", "乐瑶", "心怡", "梦琪", "瑾", "玥", "琳", "萌", "悦", "蕊", "薇", "盈", "婷", "溪", "禾",
)  # fmt: skip
GIVEN_ADULTS = (
    "建国", "志强", "海燕", "丽华", "永康", "桂芳", "小军", "秀英", "卫东", "春梅", "国平", "玉兰", "红霞", "文斌", "晓东",
    "雪梅", "立新", "美玲", "学文", "静", "敏", "伟", "芳", "磊", "娟", "涛", "艳", "勇", "燕", "杰", "霞", "刚", "萍", "超",
)  # fmt: skip
GIVEN_TEACHERS = (
    "思远", "文清", "一鸣", "宁", "清和", "若水", "晓岚", "明哲", "佩兰", "书言", "怀远", "素心", "雅琴", "景明", "慕白",
    "向晚", "立群", "映红", "致远", "惠中", "云起", "晴川", "守拙", "竹青", "闻道", "观澜", "予怀", "朝阳", "敬之", "兰亭",
)  # fmt: skip
LONG_NAMES = ("阿依努尔·买买提", "巴特尔·苏和", "卓玛·央金", "古丽娜尔·艾山")

# Streets of invented towns; a town never carries the name of a real one.
TOWNS = ("晨曦镇", "望江镇", "云杉镇", "青禾街道", "明灯街道", "长堤镇", "听潮街道", "梧桐镇")
STREETS = ("石榴路", "晚晴路", "溪口路", "灯塔路", "麦浪路", "竹影路", "候鸟路", "银杏路", "橘洲路", "渡口街", "书香弄", "桃坞路")
ESTATES = ("和风新村", "晴川苑", "东篱小区", "云水居", "安澜里", "百草园", "南山邻里", "知春里", "小满花园", "禾木公寓")

WORKPLACES = (
    "公交公司", "超市", "物流站", "医院", "菜场摊位", "电子厂", "建筑工地", "快递网点", "餐馆", "物业公司", "幼儿园", "软件公司",
    "地铁运营", "自家小店", "装修队", "银行网点", "服装厂", "网约车", "社区服务站", "学校食堂",
)  # fmt: skip
SUBJECTS = ("语文", "数学", "英语", "科学", "体育与健康", "道德与法治", "美术", "音乐", "劳动", "信息科技")

LAST_PHONE = 9999


def phone(number):
    """1990000xxxx: ten thousand numbers that are nobody's, used again from the first after the last."""
    return f"1990000{number % (LAST_PHONE + 1):04d}"


def national_no(serial):
    """G and a region (990101) and birthday (0000) that do not exist: can never be somebody's ID number."""
    return f"G9901010000{serial:08d}"


def surname(rng):
    if rng.random() < 0.015:
        return rng.choice(DOUBLE_SURNAMES)
    # The front of the list is the common part of the country, so take it more often.
    return SURNAMES[min(int(rng.expovariate(1 / 28)), len(SURNAMES) - 1)]


def child_name(rng, family, girl):
    return family + rng.choice(GIVEN_GIRLS if girl else GIVEN_BOYS)


def adult_name(rng, family=None):
    return (family or surname(rng)) + rng.choice(GIVEN_ADULTS)


def teacher_name(rng):
    return surname(rng) + rng.choice(GIVEN_TEACHERS)


def address(rng, town):
    flat = f"{rng.randint(1, 18)}0{rng.randint(1, 4)}室"
    if rng.random() < 0.5:
        return f"{town}{rng.choice(STREETS)}{rng.randint(1, 380)}弄{rng.randint(1, 60)}号{flat}"
    return f"{town}{rng.choice(ESTATES)}{rng.randint(1, 48)}幢{rng.choice('甲乙丙丁')}单元{flat}"
