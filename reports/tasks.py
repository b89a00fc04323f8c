from celery import shared_task


@shared_task
def compile_deadline(job_id: int):
    """Hand out the schools of one package, or write it when they are done; a second message finds nothing to do."""
    from reports.actions.compile import run_lead

    run_lead(job_id)


@shared_task
def compile_schools(job_ids: list[int]):
    """Freeze and gather some schools of one package; a second message finds them done."""
    from reports.actions.compile import run_schools

    run_schools(job_ids)


@shared_task
def mail_package(compilation_id: int):
    """A package to the bureau's address; a second message finds it sent."""
    from reports.actions.compile.mail import mail_package

    mail_package(compilation_id)


@shared_task
def pack_forms(job_id: int):
    """The forms of a desk's list as one zip; a second message for the same job finds nothing to do."""
    from reports.actions.pack import run_pack

    run_pack(job_id)


@shared_task
def export_register(job_id: int):
    """The coverage register as a file; a second message for the same job finds nothing to do."""
    from reports.actions.register_export import run_register_export

    run_register_export(job_id)


@shared_task
def sweep():
    """Each night: files that workers left half written, and of packages nobody will finish."""
    from core.beat import beat_run
    from reports.actions.compile.sweep import sweep_files

    with beat_run("files", "夜间清理没做完的文件") as run:
        run.message = f"{sweep_files()}个"


@shared_task
def tick():
    """Every minute: lost jobs are sent again, passed deadlines compiled, failed packages told, ready ones mailed, rounds
    whose time is over closed, left-over roster uploads, old archives, packs of forms, registers and photos nobody came
    back for removed.

    One that fails does not keep the others from their turn.
    """
    from core.jobs import requeue_stale
    from reports.actions.compile import start_due_compilations
    from reports.actions.compile.mail import mail_waiting_packages
    from reports.actions.compile.told import tell_failed
    from reports.actions.pack import remove_old_packs
    from reports.actions.register_export import remove_old_registers
    from students.actions.upload import remove_overdue
    from visits.actions.archive import remove_old_archives
    from visits.actions.sweep import sweep_media
    from works.actions.closing import close_due_rounds

    errors = []
    for act in (
        requeue_stale, start_due_compilations, tell_failed, mail_waiting_packages, close_due_rounds, remove_overdue,
        remove_old_archives, remove_old_packs, remove_old_registers, sweep_media,
    ):  # fmt: skip
        try:
            act()
        except Exception as error:  # noqa: BLE001 (raised below)
            errors.append(error)
    if errors:
        raise ExceptionGroup("tick", errors)
