import pytest
from django.urls import reverse


@pytest.mark.browser
@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_login_page_is_clean_in_a_real_browser(page_at, axe, size):
    page = page_at(*size)
    page.goto(reverse("account_login"))

    assert axe(page) == []
