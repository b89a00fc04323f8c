"""The number a person reads out from an error page finds the lines in the log."""

import structlog
from django_structlog.signals import bind_extra_request_metadata


def test_log_lines_carry_the_number_of_the_answer_and_never_a_callers(client):
    bound = []

    def remember(**kwargs):
        bound.append(structlog.contextvars.get_contextvars()["request_id"])

    bind_extra_request_metadata.connect(remember)
    try:
        response = client.get("/healthz", headers={"X-Request-ID": "chosen-by-a-stranger"})
    finally:
        bind_extra_request_metadata.disconnect(remember)
    assert bound == [response["X-Request-ID"]]
    assert bound != ["chosen-by-a-stranger"]
