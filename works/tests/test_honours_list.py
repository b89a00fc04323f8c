"""先进教师: who was honoured, at which level; without any count."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from core.models import AuditEntry
from works.actions.school import approve_work, give_school_award
from works.tests.factories import make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def deeds(head, teacher, programme, school, leader, officer):
    return make_work(
        head, programme, school, kind="deeds", honoree=teacher, title="把灯留到最后", state="awarded", leader=leader,
        officer=officer, school_award="特等奖", aliases='{"顾嘉树": "顾同学"}',
    )  # fmt: skip


def lines(client, person):
    client.force_login(person)
    response = client.get(reverse("works:honours"))
    return [(one.name, one.title, one.school, one.district, one.level) for one in response.context["lines"]]


@pytest.mark.seed("W60", "S51")
def test_colleagues_nominate_the_school_and_the_district_select(client, head, teacher, leader, officer, programme, school):
    deeds = make_work(head, programme, school, kind="deeds", honoree=teacher, title="把灯留到最后", state="submitted")
    assert lines(client, leader) == []  # not recommended yet
    client.force_login(leader)
    assert "1篇先进事迹待审" in client.get(reverse("works:honours")).content.decode()

    approve_work(deeds, by=leader, opinion="情况属实，同意推荐。", confirmed=True)
    assert lines(client, teacher) == [("罗一鸣", "把灯留到最后", "", "", "学校推荐")]
    assert lines(client, officer) == []  # not at the district yet

    give_school_award(deeds, by=leader, label="特等奖")
    assert lines(client, teacher) == [("罗一鸣", "把灯留到最后", "特等奖", "", "校级表彰")]


@pytest.mark.seed("W60")
def test_the_district_reads_filed_deeds_with_the_award(client, deeds, officer, reviewer, other_school):
    expected = [("罗一鸣", "把灯留到最后", "特等奖", "一等奖", "区级表彰")]
    for person in (officer, reviewer):
        assert lines(client, person) == expected


def test_another_school_sees_none_of_it(client, deeds, other_school):
    from schools.tests.factories import make_leader

    assert lines(client, make_leader(other_school)) == []


def test_the_title_is_without_names(client, deeds, officer):
    deeds.title = "顾嘉树和老师"
    deeds.save()
    assert lines(client, officer)[0][1] == "顾同学和老师"


def test_in_order_of_school_and_name_not_of_anything_counted(client, head, teacher, leader, programme, school, visit):
    for person in (teacher, head):
        make_work(leader, programme, school, kind="deeds", honoree=person, state="approved")
    make_work(head, programme, school, state="submitted")  # one more work of the one who comes later
    found = [name for name, *_ in lines(client, teacher)]
    assert found == sorted(found)


@pytest.mark.seed("S35", "W61")
def test_the_leader_is_led_to_recommend_to_the_praises_and_to_publicity(client, leader, teacher, programme):
    client.force_login(leader)
    page = client.get(reverse("works:honours")).content.decode()
    assert f"{reverse('works:new')}?kind=deeds" in page
    assert reverse("works:leads") in page
    assert reverse("programmes:publicity") in page
    client.force_login(teacher)
    page = client.get(reverse("works:honours")).content.decode()
    assert f"{reverse('works:new')}?kind=deeds" in page and reverse("works:leads") not in page


@pytest.mark.seed("W60")
def test_the_list_as_a_workbook(client, deeds, officer):
    deeds.title = "=1+1"
    deeds.save()
    client.force_login(officer)
    response = client.get(reverse("works:honours_xlsx"))
    sheet = openpyxl.load_workbook(BytesIO(b"".join(response))).active
    assert [cell.value for cell in sheet[3]] == ["序号", "单位", "姓名", "先进事迹", "校级", "区级", "层级"]
    assert [cell.value for cell in sheet[4]] == [1, "示例晨曦小学", "罗一鸣", "=1+1", "特等奖", "一等奖", "区级表彰"]
    assert sheet["D4"].data_type == "s"
    entry = AuditEntry.objects.get(action="honours.export")
    assert entry.facts["rows"] == 1 and len(entry.facts["sha256"]) == 64


@pytest.mark.parametrize("number", (1, 3))
def test_query_count(client, officer, head, teacher, leader, programme, school, number, django_assert_num_queries):
    for _ in range(number):
        make_work(head, programme, school, kind="deeds", honoree=teacher, state="filed", leader=leader)
    client.force_login(officer)
    with django_assert_num_queries(7):
        client.get(reverse("works:honours"))


def test_a_notice_without_deeds_says_so(client, leader, programme):
    programme.config = {**programme.config, "works": [one for one in programme.config["works"] if one["code"] != "deeds"]}
    programme.save()
    client.force_login(leader)
    page = client.get(reverse("works:honours")).content.decode()
    assert "这次活动不评先进教师" in page and "kind=deeds" not in page
