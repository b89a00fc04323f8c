from celery import shared_task


@shared_task
def tick():
    """Every minute: a round whose hour has come is held, mails and robots' lines that are ready leave, notices of things
    that are done are withdrawn. One that fails does not keep the others from their turn."""
    from reminders.actions.deliver import deliver
    from reminders.actions.round import start_due_rounds
    from reminders.actions.settle import settle_some

    errors = []
    for act in (start_due_rounds, settle_some, deliver):
        try:
            act()
        except Exception as error:  # noqa: BLE001 (raised below)
            errors.append(error)
    if errors:
        raise ExceptionGroup("reminders", errors)


@shared_task
def try_robot(job_id):
    """A line the office asked for, to see whether it arrives."""
    from reminders.actions.robot import run_trial

    run_trial(job_id)


@shared_task
def purge():
    """Each night: what was told long ago goes."""
    from reminders.actions.purge import purge_old

    purge_old()
