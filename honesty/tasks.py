from celery import shared_task


@shared_task
def look_through():
    """Each night: the schools of open notices whose records changed since the last look."""


@shared_task
def look_at_schools(programme_id: int, school_ids: list[int]):
    """Some schools; twice changes nothing, a lost message is made up for by the next night."""
