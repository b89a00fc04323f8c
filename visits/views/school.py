"""School coverage: how far each grade and class has come against the deadline, and the names behind every number."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from core.access import allowed
from core.clock import now
from core.formats import day, percent, thousands
from programmes.enums import ProgrammeState
from schools.grades import grade_label
from schools.models import School
from visits.queries.counters import counters
from visits.queries.forecast import ahead_of, outlook
from visits.queries.listed import listed
from visits.queries.opinions import answered_by_school
from visits.queries.ready import asks
from visits.queries.review import waiting_count
from visits.queries.school import school_classes, school_page, tasks, teachers_taking_part
from visits.queries.trend import trend
from visits.queries.waiting import uses
from visits.views import school_drawn as drawn
from visits.views.of_school import of_school

SOON = 14  # days before a deadline from which its countdown is drawn warm


@require_safe
def my_school(request):
    """My school; with several, a choice."""
    schools = list(School.objects.visible_to(request.user).filter(pk__in=request.user.reach.whole_schools))
    if not schools:
        raise PermissionDenied("visits.view_school")
    if len(schools) == 1:
        return redirect("visits:school", schools[0].pk)
    return render(request, "visits/school_choose.html", {"schools": schools})


@of_school
def school(request, place, programme):
    prefetch_related_objects([programme], "deadlines", uses())
    classes = school_classes(programme, place, user=request.user)
    grades = sorted({row[1] for row in classes.values() if row[1] is not None})
    grade = _grade(request, grades)
    rows = listed(programme, place, user=request.user)
    page = school_page(programme, place, user=request.user, classes=classes, rows=rows, grade=grade)
    wanted = [pk for pk, row in classes.items() if row[1] == grade] if grade is not None else None
    shown = rows if wanted is None else [row for row in rows if row.school_class_id in wanted]
    line = trend(programme, shown, target=page.figure.target)
    names, urls = Names(place, grade), drawn.boards(page)
    ahead = _ahead(programme, request.user, place, page, classes, rows, grade)
    leads = allowed(request.user, "visits.view_school_rank", place)
    context = {
        "school": place,
        "programme": programme,
        "page": page,
        "grade": grade,
        "grade_label": "" if grade is None else grade_label(grade),
        "teachers": teachers_taking_part(programme, place, class_ids=wanted),
        "updated": now(),
        "kpis": _kpis(page, names, leads) + _answers(programme, request.user, place, grade),
        "chips": _chips(grades, grade),
        "categories": [_category(row, names) for row in page.categories],
        "tasks": [_task(task, page.figure.all) for task in tasks(programme)],
        "hint": page.first.hint,
        "hint_urls": (names(state="open", first=1), names(state="visited", first=0)),
        "hints": page.hints,
        "hint_lines": drawn.hint_lines(page.hints),
        "matrix": [(grade, drawn.cells(grade, urls)) for grade in page.grades],
        "days": drawn.trend_days(line),
        "asks_ready": any(asks(programme)),
        "trend": line,
        "ahead": ahead | {"lines": drawn.ahead_lines(ahead["classes"], urls)},
        "chart": chart(line, page.figure.all),
        "leads": leads,
        "review_waiting": waiting_count(request.user, programme) if leads else 0,
    }
    return render(request, "visits/school.html", context)


@of_school
def told(request, place, programme):
    """What the visits added up to beside coverage, asked for when somebody scrolls there; a whole page without script."""
    template = "visits/_counters.html" if request.htmx else "visits/school_told.html"
    return render(request, template, {"school": place, "counters": counters(programme, place)})


class Names:
    """Addresses of the lists behind the page's numbers, kept to its school and grade."""

    def __init__(self, school, grade):
        self.fixed = {"school": school.pk} | ({} if grade is None else {"grade": grade})

    def __call__(self, **query):
        return reverse("visits:waiting") + "?" + urlencode(self.fixed | query)


def _grade(request, grades):
    """?grade=7 where the school has one, else the whole school."""
    text = request.GET.get("grade", "")
    return next((grade for grade in grades if str(grade) == text), None)


def _chips(grades, grade):
    rows = [(None, "全校", "?")] + [(one, grade_label(one), f"?grade={one}") for one in grades]
    return [{"label": label, "url": url, "current": one == grade} for one, label, url in rows]


def _ahead(programme, user, school, page, classes, rows, grade):
    """What school_ahead.html says of the classes on the page; their order is that of the page, not of their pace."""
    shown = {row.school_class.pk: row.figure for row in page.classes}
    mine = {pk: classes[pk] for pk in shown}
    found = outlook(programme, user, school, classes=mine, figures=list(shown.values()), rows=rows)
    facts = ahead_of(programme)
    warned, over = [one for one in found if one.warning], facts.now > facts.last
    return {
        "classes": warned,
        "remind": 0 if over or grade is not None or programme.state != ProgrammeState.OPEN else len(warned),
        "last_day": facts.last,
        "over": over,
        "early": not facts.known,
    }


def _kpis(page, names, leads):
    count, first = page.figure.all, page.first
    goal = page.figure.target

    def number(value, **query):
        return format_html('<a href="{}">{}</a>', names(**query), thousands(value))

    cards = [
        {
            "label": "走访覆盖",
            "value": count.rate().removesuffix("%"),
            "unit": "%" if count.due else "",
            "foot": format_html(
                "{} / {}人{}",
                number(count.visited, state="visited"),
                number(count.due),
                f"，目标{thousands(goal)}人" if goal != count.due else "",
            ),
        }
    ]
    if leads:
        left = format_html("还差{}人", number(first.left, state="waiting", first=1))
        cards.append(
            {
                "label": "重点学生已访",
                "rank": 1,
                "value": number(first.visited, state="visited", first=1),
                "unit": format_html(" / {}", number(first.due, first=1)),
                "foot": left if first.left else "都走到了" if first.due else "没有重点学生",
                "tone": "warm" if first.left else "",
            }
        )
    cards.append(
        {
            "label": "待访",
            "value": number(count.waiting, state="waiting"),
            "unit": "人",
            "foot": "婉拒的也在内" if count.declined else "应访减已访",
        }
    )
    cards.append(
        {
            "label": "婉拒",
            "value": number(count.declined, state="declined"),
            "unit": "人",
            "foot": format_html("另有免访{}人", number(first.exempt, state="exempt")),
        }
    )
    return cards


def _answers(programme, user, school, grade):
    """家长意见答复, of the whole school: an opinion is the visit's and belongs to no class. [] before any was heard."""
    heard, answered = answered_by_school(programme, user).get(school.pk, (0, 0)) if grade is None else (0, 0)
    if not heard:
        return []
    left = f"{answered} / {heard}条，还有{heard - answered}条待答复" if answered < heard else f"{heard}条都答复了"
    return [
        {
            "label": "家长意见答复",
            "value": percent(answered, heard).removesuffix("%"),
            "unit": "%",
            "foot": left,
            "tone": "warm" if answered < heard else "",
        }
    ]


def _category(row, names):
    at = row.use.category.code
    return {
        "label": row.use.label,
        "count": row.count,
        "due_url": names(category=at),
        "visited_url": names(state="visited", category=at),
        "waiting_url": names(state="waiting", category=at),
    }


def _task(task, count):
    """Line of 报送清单: how long still, and for coverage how many families are left."""
    if not task.open:
        text, tone = f"{day(task.on)}已截止", ""
    elif task.days_left == 0:
        text, tone = "今天截止", "warm"
    else:
        text, tone = f"还有{task.days_left}天，{task.workdays}", "warm" if task.days_left <= SOON else ""
    state, kind = "", ""
    if task.is_coverage and count.due:
        state, kind = ("完成", "done") if count.complete else ("进行中", "plan") if task.open else ("没走完", "soon")
        if not count.complete:
            text += f"，差{thousands(count.waiting)}人"
    return {"title": task.title, "on": task.on, "text": text, "tone": tone, "state": state, "kind": kind}


def chart(line, count):
    """What chart.js draws, as plain values."""
    return {
        "days": [f"{one.month}月{one.day}日" for one in line.days],
        "visited": line.visited,
        "expected": line.expected,
        "forecast": line.forecast,
        "target": line.target,
        "goal": "应访" if line.target == count.due else "目标",
        "deadline": line.days.index(line.deadline),
        "description": f"累计走访折线图。{line.finding}。",
    }
