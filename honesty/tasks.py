from celery import shared_task


@shared_task
def look_through():
    """Each night: the schools of open notices whose records changed since the last look."""
    from honesty.actions.night import look_through as look_at_night

    look_at_night()


@shared_task
def look_at_schools(programme_id: int, school_ids: list[int]):
    """Some schools; twice changes nothing, a lost message is made up for by the next night."""
    from honesty.actions.night import look_at

    look_at(programme_id, school_ids)
