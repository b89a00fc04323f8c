import json
import logging

from core.logs import json_lines, renderer, without_query


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
