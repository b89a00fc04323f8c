"""The kept pictures: they stay small, and every page they are taken of is there."""

import pytest
from django.urls import Resolver404, resolve

from tools.screenshots import BUDGET, OUT, PAGES, SIZES


def test_kept_pictures_weigh_no_more_than_they_may():
    pictures = list(OUT.iterdir())
    mean = sum(path.stat().st_size for path in pictures) / len(pictures)
    assert mean * len(PAGES) * len(SIZES) <= BUDGET


def test_no_picture_is_kept_of_a_page_that_is_no_longer_taken():
    assert {path.name for path in OUT.iterdir()} <= {f"{name}-{size}.webp" for name in PAGES for size in SIZES}


@pytest.mark.parametrize("name", PAGES)
def test_pages_to_be_taken_have_an_address(name):
    role, address = PAGES[name]
    start = address.split(" → ")[0].split("#")[0].split("?")[0]
    if name == "missing":
        with pytest.raises(Resolver404):
            resolve(start)
    else:
        assert resolve(start) and (role or start == "/accounts/login/")
