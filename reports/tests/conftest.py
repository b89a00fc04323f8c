from datetime import datetime

import pytest

from reports.tests.package import District


@pytest.fixture
def august(settings):
    """Rows made under this clock were known long before the deadline."""
    settings.HOMEVISIT_CLOCK = "2022-08-20T10:00+08:00"


@pytest.fixture
def midnight(settings):
    """set_clock to 30 September, 24:00."""

    def turn():
        settings.HOMEVISIT_CLOCK = "2022-10-01T00:00+08:00"

    return turn


@pytest.fixture
def turn(settings):
    """turn("2022-10-09T00:00:00+08:00"): what time it is, also as a datetime."""

    def to(moment):
        settings.HOMEVISIT_CLOCK = moment
        return datetime.fromisoformat(moment)

    return to


@pytest.fixture
def district(turn):
    """Schools with papers in every state, for packages (reports.tests.package)."""
    return District(turn)
