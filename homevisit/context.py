"""What the shell of every page shows: menus by post, who is signed in, which programmes can be looked at."""

from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from core.access import allowed
from programmes.queries.current import available_programmes, current_programme
from schools.enums import Role
from schools.queries.message import bell

TEACHERS = {Role.TEACHER, Role.CLASS_HEAD, Role.PSYCH_TEACHER}


def shell(request):
    """`shell` is built when a template first asks for it: htmx parts and error pages pay nothing."""
    return {"shell": SimpleLazyObject(lambda: build(request))}


def build(request):
    """{"nav": groups, "tabs": phone tabs, "rest": what the tabs leave out, "me": …, "bell": unread
    notices, "programmes": …}; {} for guests."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    groups = menu(user, current_programme(request))
    items = [item for group in groups for item in group["items"]]
    mark_current(items, request.path)
    tabs = [item for item in items if item["tab"]][:4]
    if any(item["fab"] for item in tabs):
        tabs = centred(tabs)
    return {
        "nav": groups,
        "tabs": tabs,
        "rest": [item for item in items if item not in tabs],
        "me": me(user),
        "bell": bell(user),
        "programmes": programme_choices(request),
    }


def programme_choices(request):
    current = current_programme(request)
    return [
        {"code": p.code, "short_title": str(p), "current": p == current} for p in available_programmes(request)
    ]


def menu(user, programme=None):
    """Groups of menu items for the user's posts of today and the programme looked at; pages that do not exist are
    left out."""
    reach, roles = user.reach, user.reach.roles
    visits, school = bool(roles & TEACHERS), bool(reach.whole_schools)
    desk = reach.authorities | reach.reviewed_authorities
    code = programme.rules.conduct if programme else None
    daily = [
        item("visits:home", "今天", "house-door", when=visits, exact=True, tab=True),
        item("visits:board", "班级看板", "grid-3x3-gap", when=bool(reach.classes), tab=True, short="班级"),
        item("visits:log", "记家访", "plus-lg", when=visits, tab=True, fab=True),
        item("visits:school", "走访覆盖", "bar-chart-steps", when=school, tab=True, short="覆盖"),
        item("desk:home", "工作台", "speedometer2", when=bool(reach.authorities), tab=True),
        item(
            "visits:records", "家访记录", "journal-text", when=visits or bool(reach.leader_schools), tab=True, short="记录"
        ),
        item(
            "reports:files",
            "汇编与报表",
            "file-earmark-bar-graph",
            when=bool(reach.authorities),
            tab=True,
            short="报表",
        ),
        item("desk:as_of", "按时刻看", "clock-history", when=bool(reach.authorities)),
        item("reports:as_of", "按时刻看", "clock-history", when=school),
        item("reminders:mine", "提醒", "bell", when=bool(reach.roles)),
        item("programmes:overview", "活动安排", "calendar-range", when=bool(reach.roles)),
        item("programmes:conduct", code.title if code else "", "shield-check", when=bool(code and code.rules)),
        item(
            "programmes:events", "会议和培训", "people",
            when=programme is not None and allowed(user, "programmes.view_events"),
        ),
    ]
    upward = [
        item("desk:review", "审核", "check2-square", when=bool(desk), tab=True),
        item("works:school", works_name(programme, "作品") + "评审", "award", when=school, tab=True, short="评审"),
        item("honesty:school", "真实性核查", "search", when=bool(reach.leader_schools), tab=True, short="核查"),
        item("works:mine", works_name(programme, "我的作品"), "pencil", when=bool(reach.staff_schools)),
        item("works:leads", "亮点和线索", "stars", when=bool(reach.leader_schools)),
        item("works:judging", "我的评审", "award", when=bool(reach.reviewed_authorities)),
        item("works:rounds", "评选", "star", when=bool(reach.leader_schools or reach.authorities)),
        item("reports:plan", "走访方案", "signpost-2", when=school),
        item("reports:report", "活动报告", "file-earmark-text", when=school, tab=True, short="报告"),
        item("reports:plans", "方案报送", "signpost-2", when=bool(desk)),
        item("desk:upper", "报送上级", "send", when=bool(reach.authorities) and goes_further(programme)),
        item("works:late_passes", "补报开通", "hourglass-split", when=bool(reach.authorities)),
        item("reports:statements", "教师走访情况", "person-check", when=bool(reach.leader_schools)),
        item("reports:my_statement", "我的走访情况", "person-check", when=bool(reach.staff_schools) and not school),
        item("programmes:publicity", "宣传", "megaphone", when=school or bool(desk)),
        item("works:showings", "故事展示", "book", when=bool(reach.member_authorities) and programme is not None),
        item("works:honours", "先进教师", "award", when=programme is not None and allowed(user, "works.view_honours")),
    ]
    manage = [
        item("desk:jobs", "后台任务", "list-ul", when=bool(reach.authorities)),
        item("reminders:robot", "发到学校群里", "send", when=school),
        item("students:import", "导入名册", "upload", when=bool(reach.admin_schools)),
        item("admin:index", "后台管理", "gear", when=user.is_staff),
    ]
    groups = [
        {"title": "", "items": [i for i in daily if i]},
        {"title": "报送", "items": [i for i in upward if i]},
        {"title": "管理", "items": [i for i in manage if i]},
    ]
    return [group for group in groups if group["items"]]


def goes_further(programme):
    """Some kind of work goes on from the district."""
    return programme is not None and any(one.goes_to_city for one in programme.rules.works)


def works_name(programme, otherwise):
    """感人故事 where the notice asks for one kind of work."""
    kinds = programme.rules.works if programme else []
    return kinds[0].label if len(kinds) == 1 else otherwise


def item(name, label, icon, *, when, exact=False, tab=False, fab=False, short=""):
    """One menu item, or None when it is not this person's or its page does not exist."""
    if not when:
        return None
    try:
        url = _address(settings.ROOT_URLCONF, name)
    except NoReverseMatch:
        return None
    return {
        "url": url, "label": label, "short": short or label, "icon": icon, "exact": exact,
        "tab": tab, "fab": fab, "current": False, "count": None,
    }  # fmt: skip


@lru_cache(maxsize=100)
def _address(urlconf, name):
    """A menu has twenty; each stays the same as long as the server runs."""
    return reverse(name, urlconf)


def mark_current(items, path):
    """The item whose address is the longest start of the path; “/” only stands for itself."""
    fits = [i for i in items if path == i["url"] or (not i["exact"] and path.startswith(i["url"]))]
    if fits:
        max(fits, key=lambda i: len(i["url"]))["current"] = True


def centred(tabs):
    """记家访 in the middle of the bar, counting 我的 at its end."""
    fab = next(i for i in tabs if i["fab"])
    rest = [i for i in tabs if i is not fab]
    middle = (len(rest) + 1) // 2
    return [*rest[:middle], fab, *rest[middle:]]


def post_words(post, subject):
    """五（3）班班主任, 语文教师, 区级管理员"""
    if post.school_class_id:
        return f"{post.school_class.label()}{post.get_role_display()}"
    if post.role == Role.TEACHER:
        return f"{subject}{post.get_role_display()}"
    return post.get_role_display()


def me(user):
    posts = user.posts_now
    return {
        "name": user.name,
        "initial": user.name[:1],
        "line": "、".join(dict.fromkeys(post_words(post, user.subject) for post in posts)) or "还没有岗位",
        "place": next((str(post.place_school or post.place) for post in posts), ""),
    }
