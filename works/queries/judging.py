"""Rounds: what may be judged, how far the judges are, what came out."""

from collections import defaultdict
from itertools import pairwise

from django.db.models import Count, F, Q

from programmes.config.schema import Judging
from schools.enums import Role
from schools.models import Post, User
from works.enums import AT_DISTRICT_STATES, STANDING_STATES, Level, RoundState, SheetState, WorkState
from works.models import Entry, Judge, Round, Sheet, Work
from works.models.judging import run_rounds
from works.queries.alias import outside

S = WorkState
ELIGIBLE = {Level.SCHOOL: [S.SUBMITTED, S.APPROVED], Level.DISTRICT: [S.FILED, S.ACCEPTED, S.SHORTLISTED]}
MOST_FOUND = 20
DEALT_OR_SCORED = [SheetState.DEALT, SheetState.SCORED]
SCORED = Count("pk", filter=Q(state=SheetState.SCORED))
# What a list says of an entry. The texts stay in the database, and of the sealed columns all but the aliases.
SHOWN = (
    "token", "round", "number", "score", "place", "award", "work__title", "work__state", "work__aliases", "work__award",
    "work__school_award", "work__author__name", "work__school__name", "work__school__short_name",
)  # fmt: skip


# ── Rounds ──


def rounds_run(user, programme):
    """What the user runs in this programme, newest first."""
    rows = Round.objects.filter(pk__in=run_rounds(user.reach), programme=programme)
    return rows.select_related("school").order_by("-pk")


def counts_of(rounds):
    """{round id: (entries, sheets, scored)}. Two queries for a page of rounds."""
    ids = [round_.pk for round_ in rounds]
    entries_in = dict(Entry.objects.filter(round__in=ids).values_list("round_id").annotate(Count("pk")).order_by())
    rows = Sheet.objects.filter(entry__round__in=ids, state__in=DEALT_OR_SCORED).values_list("entry__round_id").order_by()
    found = {pk: (total, scored) for pk, total, scored in rows.annotate(total=Count("pk"), scored=SCORED)}
    return {pk: (entries_in.get(pk, 0), *found.get(pk, (0, 0))) for pk in ids}


def kinds_for(programme, level):
    """{code: label} of what this level may judge under the notice."""
    return {one.code: one.label for one in programme.rules.works if str(level) in one.levels}


def kind_label(round_):
    return next(
        (one.label for one in round_.programme.rules.works if one.code == round_.kind),
        round_.get_kind_display(),
    )


def rule_of(programme, kind):
    """The judging the notice asks for; the usual one where it does not know the kind."""
    return next((one.judging for one in programme.rules.works if one.code == kind), Judging())


def runners(round_):
    """Ids of those who run it today: they see who wrote what."""
    posts = Post.objects.active()
    if round_.level == Level.SCHOOL:
        posts = posts.filter(role=Role.SCHOOL_LEADER, school_id=round_.school_id)
    else:
        posts = posts.filter(role=Role.DISTRICT_ADMIN, authority_id=round_.authority_id)
    return set(posts.values_list("user_id", flat=True))


# ── Works ──


def eligible(round_):
    """Works that may still come into the round."""
    rows = Work.objects.filter(
        programme_id=round_.programme_id, kind=round_.kind, state__in=ELIGIBLE[round_.level]
    )
    place = (
        {"school_id": round_.school_id}
        if round_.level == Level.SCHOOL
        else {"authority_id": round_.authority_id}
    )
    return rows.filter(**place).exclude(entries__round=round_)


def stands(round_, work):
    """The work has not been taken back or returned since it came into the round."""
    return work.state in (STANDING_STATES if round_.level == Level.SCHOOL else AT_DISTRICT_STATES)


def entries(round_):
    """For whoever runs it: with work, author and school."""
    return Entry.objects.filter(round=round_).select_related("work__author", "work__school").only(*SHOWN)


def shown_title(round_, work):
    """Of who runs the round: a school reads its own titles, beyond it pupils have aliases (security.md §2)."""
    return work.title if round_.level == Level.SCHOOL else outside(work, work.title)


def with_titles(round_, works):
    """The works, each with its `shown` title."""
    for work in works:
        work.shown = shown_title(round_, work)
    return works


def with_sheets(rows):
    """The entries of a page, each with how many of its sheets are `dealt` (scored ones among them) and `scored`. One query."""
    live = Sheet.objects.filter(entry__in=rows, state__in=DEALT_OR_SCORED).order_by().values_list("entry_id")
    found = {pk: (total, scored) for pk, total, scored in live.annotate(total=Count("pk"), scored=SCORED)}
    for row in rows:
        row.dealt, row.scored = found.get(row.pk, (0, 0))
    return rows


# ── Judges ──


def may_judge(round_):
    """Posts of today of those who may be asked: the school's people, or the authority's. Whoever runs it is not."""
    posts = Post.objects.active().filter(user__is_active=True).exclude(user_id__in=runners(round_))
    if round_.level == Level.SCHOOL:
        return posts.filter(Q(school_id=round_.school_id) | Q(school_class__school_id=round_.school_id))
    at = round_.authority_id
    return posts.filter(Q(authority_id=at) | Q(school__authority_id=at) | Q(school_class__school__authority_id=at))


def find_people(round_, user, words):
    """[(person, where they work)]: colleagues for a school's round, for a district's anybody under the authority. By
    name or school, at most MOST_FOUND; whoever runs the round is not among them, nor who judges already."""
    words = words.strip()[:30]
    if not words:
        return []
    posts = may_judge(round_).filter(user__in=User.objects.visible_to(user))
    judging = Judge.objects.standing().filter(round=round_).values("user_id")
    posts = posts.filter(
        Q(user__name__icontains=words) | Q(school__name__icontains=words) | Q(school_class__school__name__icontains=words)
    ).exclude(user_id__in=judging)  # fmt: skip
    found = {}
    rows = posts.select_related("user", "authority", "school", "school_class__school").order_by(
        "user__name", "user_id"
    )
    for post in rows[: MOST_FOUND * 4]:
        school = post.place_school
        found.setdefault(post.user, school.short_name or school.name if school else post.authority.short_name)
    return list(found.items())[:MOST_FOUND]


def places_of(user_ids):
    """{user id: ids of the schools where the person works today}. One query."""
    found = defaultdict(set)
    rows = Post.objects.active().filter(user_id__in=user_ids)
    for user_id, school_id, class_school_id in rows.values_list(
        "user_id", "school_id", "school_class__school_id"
    ):
        found[user_id] |= {school_id, class_school_id} - {None}
    return found


def staff_names(school_ids):
    """{school id: names of who works there today}. One query."""
    found = defaultdict(set)
    rows = Post.objects.active().filter(
        Q(school_id__in=school_ids) | Q(school_class__school_id__in=school_ids)
    )
    for school_id, class_school_id, name in rows.values_list(
        "school_id", "school_class__school_id", "user__name"
    ):
        found[school_id or class_school_id].add(name)
    return found


def allowed_judges(round_, rows):
    """{entry id: ids of the judges who may read it}. rows: entries with work. Two queries.

    Nobody reads a work of their own, or one told of them; in a district's round nobody one of a school they work at.
    """
    judges = list(Judge.objects.standing().filter(round=round_))
    places = places_of([judge.user_id for judge in judges]) if round_.level == Level.DISTRICT else {}
    found = {}
    for entry in rows:
        work = entry.work
        found[entry.pk] = {
            judge.pk
            for judge in judges
            if judge.user_id not in (work.author_id, work.honoree_id)
            and (
                round_.level == Level.SCHOOL
                or work.school_id not in places[judge.user_id] | {judge.school_id}
            )
        }
    return found


def progress(round_):
    """[judge], each with its user, `scored`, `total` and `recused` (these are in neither). Two queries: the sheets are
    counted by number alone, before anybody's name is joined to them."""
    rows = Judge.objects.filter(round=round_).select_related("user", "school").order_by("removed_at", "pk")
    rows = list(rows.only("round", "user__name", "school__short_name", "removed_at"))
    sheets = Sheet.objects.filter(judge__in=rows).order_by().values_list("judge_id", "state")
    counts = {(judge_id, state): count for judge_id, state, count in sheets.annotate(count=Count("pk"))}
    for judge in rows:
        judge.scored = counts.get((judge.pk, SheetState.SCORED), 0)
        judge.total = judge.scored + counts.get((judge.pk, SheetState.DEALT), 0)
        judge.recused = counts.get((judge.pk, SheetState.RECUSED), 0)
    return rows


def short_numbers(round_, most):
    """Numbers of the first entries of an open round with fewer sheets than asked for: others have to come in."""
    live = Count("sheets", filter=Q(sheets__state__in=DEALT_OR_SCORED))
    rows = Entry.objects.filter(round=round_).values("pk", "number").annotate(dealt=live)
    return list(rows.filter(dealt__lt=round_.judges_each).order_by("number").values_list("number", flat=True)[:most])


def unread_numbers(round_):
    """Numbers of the entries of an open round that fewer have scored than asked for, or that wait for somebody."""
    rows = Entry.objects.filter(round=round_).values("pk", "number").annotate(
        scored=Count("sheets", filter=Q(sheets__state=SheetState.SCORED)),
        waiting=Count("sheets", filter=Q(sheets__state=SheetState.DEALT)),
    )  # fmt: skip
    rows = rows.filter(Q(scored__lt=round_.judges_each) | Q(waiting__gt=0))
    return list(rows.order_by("number").values_list("number", flat=True))


# ── The judge's side: nothing here knows author, school or pupil ──


def judgings(user):
    """Assignments of this person in rounds that have begun, open ones first, with `scored` and `total`."""
    rows = Judge.objects.standing().filter(user=user).exclude(round__state=RoundState.DRAFT)
    rows = rows.select_related("round__programme").annotate(
        scored=Count("sheets", filter=Q(sheets__state=SheetState.SCORED)),
        total=Count("sheets", filter=Q(sheets__state__in=DEALT_OR_SCORED)),
    )  # fmt: skip
    return rows.order_by("-round__state", "-round_id")


def sheets_of(judge):
    """The judge's list in the order of numbers."""
    rows = Sheet.objects.filter(judge=judge).select_related("entry").defer("entry__body", "comment")
    return rows.order_by("entry__number")


def next_sheet(sheet):
    """The token of the next one still to be scored: after this number, else from the first. None when all are done."""
    before, after = _around(sheet)
    return next((token for token, state in after + before if state == SheetState.DEALT), None)


def neighbours(sheet):
    """(token of the sheet before, of the one after) by number, either None: to leaf through."""
    before, after = _around(sheet)
    return (before[-1][0] if before else None), (after[0][0] if after else None)


def _around(sheet):
    """[(token, state)] of the judge's sheets by number, before this one and after it. All are read, some hundred small
    rows: asked for those beyond a number, a database that has not counted yet what was dealt goes through the judge's
    sheets once for every entry of the round."""
    here = sheet.entry.number
    rows = Sheet.objects.filter(judge_id=sheet.judge_id).order_by("entry__number")
    rows = list(rows.values_list("entry__number", "token", "state"))
    before = [(token, state) for number, token, state in rows if number < here]
    return before, [(token, state) for number, token, state in rows if number > here]


def own_count(judge_id):
    """(scored, all) of one judge."""
    found = Sheet.objects.filter(judge_id=judge_id).aggregate(
        scored=Count("pk", filter=Q(state=SheetState.SCORED)),
        total=Count("pk", filter=Q(state__in=DEALT_OR_SCORED)),
    )
    return found["scored"], found["total"]


# ── What came out ──


def result_list(round_):
    """Entries by place, with work, author and school: for whoever runs the round, when it is closed."""
    return entries(round_).order_by("place", "number")


def entry_ids(round_, *order):
    """For a pager: ids alone, so that what lies before the page costs nothing."""
    return Entry.objects.filter(round=round_).order_by(*order, "pk").values_list("pk", flat=True)


def entries_on(round_, ids):
    """The entries of a page of entry_ids, in its order, with the titles to show."""
    rows = entries(round_).in_bulk(list(ids))
    rows = [rows[pk] for pk in ids if pk in rows]
    with_titles(round_, [row.work for row in rows])
    return rows


def first_entries(round_, most):
    """The first ones by number; before there are numbers, as they came in. Which they are is found, by an index, before
    anything is joined to them."""
    numbered = round_.state != RoundState.DRAFT
    found = Entry.objects.filter(round=round_, **({"number__gt": 0} if numbered else {}))
    order = "number" if numbered else "pk"
    rows = list(entries(round_).filter(pk__in=found.order_by(order).values("pk")[:most]).order_by(order))
    with_titles(round_, [row.work for row in rows])
    return rows


def results_on(round_, page):
    """The entries of a page by place, each with whether it `shares` its place. What shares one follows on one another, so
    the row before the page and the row after it are read along."""
    first, last = max(page.start_index() - 1, 0), page.end_index()
    before = min(first, 1)
    rows = entries_on(round_, entry_ids(round_, "place", "number")[first - before : last + 1])
    for row in rows:
        row.shares = False
    for row, after in pairwise(rows):
        if row.place == after.place:
            row.shares = after.shares = True
    return rows[before : before + last - first]


def first_sizes(round_, most):
    """[(place, how many stand on it)], best first, as far as the first so many entries reach."""
    rows = Entry.objects.filter(round=round_, place__lte=most).values_list("place")
    return rows.annotate(count=Count("pk")).order_by("place")


def blind_results(round_):
    """For judges: number, title, place."""
    return Entry.objects.filter(round=round_).only("number", "title", "place").order_by("place", "number")


def given(round_, entry):
    """Its award stands with the work already. entry: one of entries()."""
    return entry.award != "" and getattr(entry.work, _award_of(round_)) == entry.award


def written(round_):
    """Entries whose award stands with the work already."""
    return Entry.objects.filter(round=round_).exclude(award="").filter(**{f"work__{_award_of(round_)}": F("award")})


def awards_of(round_):
    """({label: how many entries are to get it}, how many of them are written). One query."""
    stands_there = Count("pk", filter=Q(**{f"work__{_award_of(round_)}": F("award")}))
    rows = Entry.objects.filter(round=round_).exclude(award="").order_by().values_list("award")
    found = list(rows.annotate(count=Count("pk"), written=stands_there))
    return {label: count for label, count, _ in found}, sum(there for _, _, there in found)


def _award_of(round_):
    return "school_award" if round_.level == Level.SCHOOL else "award"
