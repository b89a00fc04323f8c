from datetime import UTC, date, datetime

import pytest

from core.formats import day, headline, mask_name, mask_national_no, mask_phone, percent, span


@pytest.mark.parametrize(
    ("part", "whole", "places", "text"),
    [
        (0, 0, 1, "–"),
        (0, 5, 1, "0.0%"),
        (1051, 1512, 1, "69.5%"),
        (1511, 1512, 1, "99.9%"),  # rounded down: not everybody
        (199_999, 200_000, 2, "99.99%"),
        (1512, 1512, 2, "100%"),
    ],
)
def test_percent_is_a_hundred_only_when_equal(part, whole, places, text):
    assert percent(part, whole, places) == text


def test_day_names_the_year_only_when_it_is_another(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-18T10:00+08:00"
    assert day(date(2022, 9, 8)) == "9月8日"
    assert day(date(2021, 11, 30)) == "2021年11月30日"


def test_an_instant_is_written_in_shanghai_time(settings):
    settings.HOMEVISIT_CLOCK = "2022-09-30T10:00+08:00"
    instant = datetime(2022, 9, 30, 16, 0, tzinfo=UTC)
    assert day(instant) == "10月1日"
    assert span(instant, datetime(2022, 9, 30, 16, 52, tzinfo=UTC)) == "00:00–00:52"


@pytest.mark.parametrize(("value", "text"), [(1512, "1,512"), (203_996, "20.4万"), (200_000, "20万")])
def test_headline_counts_in_wan_from_ten_thousand(value, text):
    assert headline(value) == text


def test_masks_leave_what_a_viewer_needs_to_recognise():
    assert (mask_phone("19900002046"), mask_name("许嘉树"), mask_national_no("1234")) == ("199****2046", "许**", "G**…1234")
    assert mask_phone("1234") == "****"
