"""An instant as people write it."""

from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.formats import instant
from programmes.models import Programme
from reports.forms.as_of import read_instant

AUTUMN = Programme(starts_on=date(2022, 8, 1), ends_on=date(2022, 9, 30))
WINTER = Programme(starts_on=date(2022, 12, 26), ends_on=date(2023, 1, 20))


@pytest.fixture(autouse=True)
def clock(settings):
    settings.HOMEVISIT_CLOCK = "2022-10-12T10:00+08:00"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2022年9月30日24:00", "2022年9月30日24:00"),
        ("9月30日", "2022年9月30日24:00"),
        ("9月30日18:30", "2022年9月30日18:30"),
        ("9月30日 18：30", "2022年9月30日18:30"),
        (" 2022-09-30 ", "2022年9月30日24:00"),
        ("2022/9/30 9:05", "2022年9月30日09:05"),
        ("20220930", "2022年9月30日24:00"),
        ("２０２２年９月３０日", "2022年9月30日24:00"),
        ("2022-09-30T18:00", "2022年9月30日18:00"),
        ("现在", "2022年10月12日10:00"),
        ("今天", "2022年10月12日10:00"),
        ("10月12日", "2022年10月12日10:00"),  # today: until now
        ("10月12日9:00", "2022年10月12日09:00"),
        ("2022年10月1日0:00", "2022年9月30日24:00"),
    ],
)
def test_what_people_write_is_read(text, said):
    assert instant(read_instant(text, AUTUMN)) == said


@pytest.mark.parametrize("text", ["明天", "9月", "30日", "2022年13月1日", "9月31日", "9月30日25:00", "9月30日24:30", "0000-01-01",
                                  "9999-12-31", "0001-01-01 00:00", "'; DROP", "\x00", "9" * 40])  # fmt: skip
def test_what_is_no_instant_says_how_to_write_one(text):
    with pytest.raises(ValidationError) as told:
        read_instant(text, AUTUMN)
    assert "时刻" in told.value.message


@pytest.mark.parametrize("text", ["10月12日10:01", "10月13日", "2023-09-30", "10月12日24:00"])
def test_an_instant_to_come_is_refused(text):
    with pytest.raises(ValidationError, match="还没有到"):
        read_instant(text, AUTUMN)


def test_a_year_left_out_is_the_programmes_across_new_year(settings):
    settings.HOMEVISIT_CLOCK = "2023-02-01T10:00+08:00"
    assert instant(read_instant("1月5日", WINTER)) == "2023年1月5日24:00"
    assert instant(read_instant("12月30日", WINTER)) == "2022年12月30日24:00"
    assert read_instant("2023年1月1日0:00", WINTER) == timezone.make_aware(datetime(2023, 1, 1))
