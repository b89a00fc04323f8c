"""The burden budget of a record, counted in Chromium at 360 px (benchmarks/phone.py) under both notices."""

import pytest

from benchmarks.phone import FIRST_PAGE, HEIGHT, LATER_PAGE, MAX_TAPS, TEXTS, WIDTH, Phone, complete_record
from programmes.actions.load import load_programme
from programmes.actions.state import open_programme
from programmes.config.notice import read_notice
from schools.tests.factories import make_class, make_class_head, make_officer, make_school
from students.tests.factories import make_student
from visits.models import Visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.prove]
DAYS = {"baoshan-2022": "2022-09-18T19:40+08:00", "wujin-2023": "2023-07-05T19:40+08:00"}


@pytest.fixture(params=DAYS)
def class_head(request, settings):
    settings.HOMEVISIT_CLOCK = DAYS[request.param]
    notice = settings.BASE_DIR / f"programmes/data/{request.param}.toml"
    programme = load_programme(read_notice(notice)).programme
    school_class = make_class(make_school(programme.authority))
    for _ in range(40):
        make_student(school_class)
    open_programme(programme, by=make_officer(programme.authority))
    return make_class_head(school_class)


def test_a_complete_record_stays_within_the_budget(class_head, page_at, sign_in, settings):
    page = page_at(WIDTH, HEIGHT, has_touch=True, is_mobile=True)
    page.clock.set_fixed_time(settings.HOMEVISIT_CLOCK)
    phone = Phone(page)
    phone.open("/accounts/login/")
    sign_in(page, class_head)

    burden = complete_record(phone)

    visit = Visit.objects.get(lead=class_head)
    assert {code: getattr(visit, code) for code in TEXTS} == TEXTS
    assert visit.guardians_met == ["mother"] and visit.student_present
    print(f"{len(burden.taps)} taps, typed beyond the texts {burden.typed}, pages {burden.pages}")  # noqa: T201  pytest -s shows what it costs
    assert len(burden.taps) <= MAX_TAPS, burden.taps
    assert burden.typed == []  # who, which class, which day, which teacher: all known already
    (first, size), *later = burden.pages
    assert size <= FIRST_PAGE, (first, size)
    assert [(path, size) for path, size in later if size > LATER_PAGE] == []
