from celery import shared_task


@shared_task
def compile_coverage(job_id: int):
    """Freeze, write, check one compilation; a second message for the same job finds nothing to do."""
    from reports.actions.compile import run_compilation

    run_compilation(job_id)


@shared_task
def tick():
    """Every minute: lost jobs are sent again, passed deadlines compiled, left-over roster uploads removed.

    One that fails does not keep the others from their turn.
    """
    from core.jobs import requeue_stale
    from reports.actions.compile import start_due_compilations
    from students.actions.upload import remove_overdue

    errors = []
    for act in (requeue_stale, start_due_compilations, remove_overdue):
        try:
            act()
        except Exception as error:  # noqa: BLE001 (raised below)
            errors.append(error)
    if errors:
        raise ExceptionGroup("tick", errors)
