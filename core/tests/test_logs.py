import json
import logging
import sys

import pytest
from django.db import IntegrityError, connection, transaction

from core.logs import json_lines, renderer, trace, without_query
from core.models import Job


def test_a_line_is_json_without_phone_or_pupil_number():
    line = renderer(None, "", {"event": "call 19900002046 of G990401200802011056", "user_id": 12345678901234})
    assert json.loads(line) == {"event": "call *** of ***", "user_id": 12345678901234}


def test_lines_of_other_libraries_are_json_too():
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "failed for %s", ("19900002046",), None)
    assert json.loads(json_lines().format(record))["event"] == "failed for ***"


def test_what_was_searched_for_stays_out():
    assert without_query(None, "", {"request": "GET /visits/records/?q=某某"}) == {"request": "GET /visits/records/"}


def test_a_calendar_address_is_a_key_and_stays_out():
    line = renderer(None, "", {"request": "GET /visits/calendar/q8Zk1_0d-abcdefghij.ics"})
    assert json.loads(line) == {"request": "GET /visits/calendar/***.ics"}


# ── Rows ──

PUPIL = "顾嘉树"
DETAIL = 'duplicate key value violates unique constraint "job_unique"\nDETAIL:  Key (label)=(顾嘉树) already exists.\n'
CHINESE = '重复键违反唯一约束"job_unique"\n详细信息:  键值"(label)=(顾嘉树)" 已经存在'
SYNTAX = 'invalid input syntax for type integer: "顾嘉树"\nLINE 1: select \'顾嘉树\''


def raised(error, *, cause=None):
    try:
        try:
            raise cause if cause is not None else error
        except Exception as first:
            if cause is not None:
                raise error from first
            raise
    except Exception:  # noqa: BLE001
        return sys.exc_info()


def line_of(exc_info, message="failed", *args):
    record = logging.LogRecord("celery.app.trace", logging.ERROR, "", 0, message, args, exc_info)
    return json.loads(json_lines().format(record))


@pytest.mark.parametrize("words", (DETAIL, CHINESE, SYNTAX))
def test_what_an_error_of_the_database_says_of_the_rows_stays_out(words):
    said = line_of(raised(IntegrityError(words)))["exception"]
    assert "顾嘉树" not in said
    assert said.startswith("Traceback") and "in raised" in said and "django.db.utils.IntegrityError: " in said
    assert "job_unique" in said or "invalid input syntax for type integer: …" in said


def test_nor_does_it_come_by_a_cause_a_group_or_the_words_of_a_library():
    error = raised(RuntimeError(f"not saved: {DETAIL}"), cause=IntegrityError(DETAIL))
    group = raised(ExceptionGroup("tick", [error[1], ValueError("another")]))
    for line in (line_of(error), line_of(group, "Task raised unexpected: %r", error[1].__cause__)):
        assert "顾嘉树" not in json.dumps(line, ensure_ascii=False)
        assert "direct cause" in line["exception"] and "RuntimeError: not saved" in line["exception"]
    assert "ValueError: another" in line["exception"] and "IntegrityError(" in line["event"]


def test_other_errors_are_told_as_python_tells_them():
    error = raised(KeyError("plan"))
    assert trace(error).endswith("KeyError: 'plan'")
    assert line_of(None, "nothing")["event"] == "nothing"


@pytest.mark.django_db
def test_a_row_that_the_database_refuses_is_not_in_the_log():
    """As it comes: PostgreSQL writes the whole row into its error."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Job.objects.create(kind="test", label=PUPIL, step=None)
    error = (caught.type, caught.value, caught.tb)
    assert connection.vendor != "postgresql" or PUPIL in str(error[1])
    line = line_of(error)
    assert PUPIL not in json.dumps(line, ensure_ascii=False) and "IntegrityError" in line["exception"]
