"""Loading a notice: what it writes, what the same file does again, what a changed one may change."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.models import AuditEntry
from programmes.actions.load import load_programme
from programmes.config.notice import NoticeError, parse_notice
from programmes.models import Category, Deadline, Phase, Programme, ProgrammeCategory
from programmes.signals import categories_changed, programme_changed
from schools.models import Authority

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
BAOSHAN, WUJIN = DATA / "baoshan-2022.toml", DATA / "wujin-2023.toml"


def load(path, *changes):
    """Load a file with words replaced: load(BAOSHAN, ("走访覆盖", "覆盖"))."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times"
        text = text.replace(old, new)
    return load_programme(parse_notice(text, path.name))


def everything():
    """Every stored row of the room, to compare before and after."""
    tables = (Authority, Category, Programme, Phase, Deadline, ProgrammeCategory, AuditEntry)
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in tables}


@pytest.mark.seed("S1")
def test_load_keeps_document_and_year():
    load(BAOSHAN)
    programme = load(WUJIN).programme
    baoshan = Programme.objects.get(code="baoshan-2022")
    assert (baoshan.document_no, baoshan.document_title, baoshan.issuer, baoshan.school_year, baoshan.state) == (
        "宝教党〔2022〕40号",
        "宝山区教育系统关于做好2022年“万名教师走万家”活动的通知",
        "中共上海市宝山区教育工作委员会、上海市宝山区教育局",
        2022,
        "draft",
    )
    assert (programme.document_title, programme.issued_on) == ("教师“大家访”活动实施方案", date(2023, 6, 14))


def test_load_twice_changes_nothing(django_assert_num_queries):
    load(BAOSHAN)
    before = everything()

    again = load(BAOSHAN)

    assert (again.created, again.changed) == (False, [])
    assert everything() == before


def test_load_of_comments_and_spaces_changes_nothing():
    load(BAOSHAN)
    before = everything()
    load(BAOSHAN, ("[quotas] # 默认：不限", "\n[quotas]\n\n"))
    assert everything() == before


def test_load_same_file_keeps_admin_edits():
    programme = load(BAOSHAN).programme
    Programme.objects.filter(pk=programme.pk).update(short_title="万师走万家")
    before = everything()

    load(BAOSHAN)

    assert everything() == before


def test_load_changed_file_writes_the_difference_and_keeps_other_admin_edits():
    programme = load(BAOSHAN).programme
    programme.config["visit"]["min_visitors"] = 1
    programme.short_title = "万师走万家"
    programme.save()
    Deadline.objects.create(
        programme=programme, kind="essays", title="征文", at=datetime(2022, 10, 31, 16, tzinfo=UTC), position=9
    )
    Phase.objects.filter(code="visits").update(name="家访")

    loaded = load(
        BAOSHAN,
        ("ends_on = 2022-10-08", "ends_on = 2022-10-15"),
        ("by = 2022-10-08", "by = 2022-10-15"),
        ("record_within_days = 7 ", "record_within_days = 10 "),
    )

    programme.refresh_from_db()
    assert loaded.changed == ["config.visit.record_within_days", "deadlines.submissions.at", "phases.submissions.ends_on"]
    assert (programme.short_title, programme.rules.visit.min_visitors, programme.rules.visit.record_within_days) == (
        "万师走万家", 1, 10,
    )  # fmt: skip
    assert list(programme.phases.values_list("name", "ends_on")) == [
        ("家访", date(2022, 9, 30)),
        ("总结报送", date(2022, 10, 15)),
    ]
    assert set(programme.deadlines.values_list("kind", flat=True)) == {"coverage", "submissions", "essays"}


def test_load_writes_audit_once_per_change():
    load(BAOSHAN)
    load(BAOSHAN)
    load(BAOSHAN, ("record_within_days = 7 ", "record_within_days = 10 "))
    lines = AuditEntry.objects.filter(action="programme.load").order_by("pk")
    assert [(line.fields, line.facts["created"]) for line in lines] == [
        (["*"], True),
        (["config.visit.record_within_days"], False),
    ]


def test_load_command_loads_both_notices(capsys):
    call_command("load_programme", str(BAOSHAN), str(WUJIN))
    call_command("load_programme", str(BAOSHAN))
    assert capsys.readouterr().out == "baoshan-2022：新建\nwujin-2023：新建\nbaoshan-2022：没有变化\n"


def test_load_command_names_a_missing_file():
    with pytest.raises(CommandError, match="没有找到文件 nowhere.toml"):
        call_command("load_programme", "nowhere.toml")


def heard(signal):
    """What a signal carries while a test runs."""
    calls = []

    def receiver(sender, signal, **facts):
        calls.append(facts)

    signal.connect(receiver, weak=False)
    return calls, lambda: signal.disconnect(receiver)


@pytest.fixture
def told():
    """{"changed": [...], "categories": [...]}: facts of the two signals sent during the test."""
    changed, off_changed = heard(programme_changed)
    categories, off_categories = heard(categories_changed)
    yield {"changed": changed, "categories": categories}
    off_changed()
    off_categories()


NEW_KIND = '[[categories]]\ncode = "ILL"\nname = "患病"\nposition = 4\n\n[visit]\n'
OTHER = '[[categories]]\ncode = "OTHER"\nname = "其他"\nlabel = "其他需要关心的学生"\nposition = 3\npriority = false\n'


def test_load_tells_rooms_above_only_of_changes(told):
    pk = load(BAOSHAN).programme.pk
    load(BAOSHAN)
    assert told == {"changed": [], "categories": []}

    load(BAOSHAN, ("[visit]\n", NEW_KIND))
    assert told == {
        "changed": [{"programme_id": pk, "fields": {"categories"}}],
        "categories": [{"programme_id": pk}],
    }


def test_load_adds_and_takes_away_unused_categories():
    programme = load(BAOSHAN).programme
    load(BAOSHAN, ("[visit]\n", NEW_KIND), (OTHER, ""))
    assert list(programme.categories.values_list("category__code", "position")) == [
        ("HARDSHIP", 0), ("STUDY", 1), ("MAJOR_CHANGE", 2), ("ILL", 4),
    ]  # fmt: skip
    assert Category.objects.filter(code="OTHER").exists()  # the authority's own list keeps it


def test_load_swaps_positions_before_anybody_counts_by_them():
    programme = load(BAOSHAN).programme
    load(BAOSHAN, ('name = "困境儿童"\nposition = 0', 'name = "困境儿童"\nposition = 1'),
         ('name = "学习困难"\nposition = 1', 'name = "学习困难"\nposition = 0'))  # fmt: skip
    assert list(programme.categories.values_list("category__code", "position"))[:2] == [("STUDY", 0), ("HARDSHIP", 1)]


def test_load_second_programme_of_an_authority_leaves_category_names(settings):
    load(BAOSHAN)
    Category.objects.filter(code="STUDY").update(name="学习有困难", restricted=True)
    load(BAOSHAN, ('code = "baoshan-2022"', 'code = "baoshan-2023"'))
    assert Category.objects.filter(code="STUDY").values_list("name", "restricted").get() == ("学习有困难", True)


def test_load_refuses_another_authoritys_programme():
    load(BAOSHAN)
    with pytest.raises(NoticeError, match="活动 baoshan-2022 属于宝山区，不能改到别处名下"):
        load(BAOSHAN, ('code = "baoshan"\n', 'code = "elsewhere"\n'), ('short_name = "宝山区"', 'short_name = "别处"'))


def test_load_that_fails_writes_nothing():
    load(BAOSHAN)
    before = everything()
    with pytest.raises(NoticeError):
        load(BAOSHAN, ('code = "baoshan"\n', 'code = "elsewhere"\n'))
    assert everything() == before
