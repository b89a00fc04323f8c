from celery import shared_task


@shared_task
def refresh_registers():
    """Each night: what follows from the date alone (a move entered ahead, a mark that ends, 新转入 after its
    weeks) reaches the registers of open programmes. Twice changes nothing; a missed night heals with the next."""
    from core.beat import beat_run
    from programmes.enums import ProgrammeState
    from programmes.models import Programme
    from visits.actions.register import rebuild

    with beat_run("registers", "夜间核对应访名单") as run:
        programmes = list(Programme.objects.filter(state=ProgrammeState.OPEN).order_by("pk"))
        for programme in programmes:
            rebuild(programme)
        run.message = f"{len(programmes)}个活动"


@shared_task
def lock_records():
    """Each night: records nobody accepted lock after the programme's days."""
    from core.beat import beat_run
    from visits.actions.lock import lock_due

    with beat_run("locks", "夜间归档到期的家访记录") as run:
        run.message = f"{lock_due()}条"


@shared_task
def purge_drafts():
    """Each night: drafts their authors deleted a week ago go for good."""
    from core.beat import beat_run, remove_old_runs
    from visits.actions.draft import purge_dropped

    with beat_run("drafts", "夜间清理删掉的草稿") as run:
        run.message = f"{purge_dropped()}份"
    remove_old_runs()


@shared_task
def export_archive(job_id: int):
    """Pack a class's records; a second message for the same job finds nothing to do."""
    from visits.actions.archive import run_archive

    run_archive(job_id)


@shared_task
def process_media(media_id: int):
    """Write a photo or film anew; a second message for the same one finds nothing to do."""
    from visits.actions.media import process_media as process

    process(media_id)
