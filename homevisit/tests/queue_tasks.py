"""A task only the test of the queue knows (test_queue.py)."""

from celery import shared_task


@shared_task
def leave_a_trace(number: int):
    from core.audit import record

    record(None, "queue.test", by=None, number=number)
