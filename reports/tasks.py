from celery import shared_task


@shared_task
def compile_coverage(job_id: int):
    """Freeze, write, check one compilation; a second message for the same job finds nothing to do."""
    from reports.actions.compile import run_compilation

    run_compilation(job_id)


@shared_task
def tick():
    """Every minute: deadlines that have passed are compiled, jobs without a sign of life sent again."""
    from core.jobs import requeue_stale
    from reports.actions.compile import start_due_compilations

    start_due_compilations()
    requeue_stale()
