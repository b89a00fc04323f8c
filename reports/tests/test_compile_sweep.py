"""Files nobody will ever name go at night; what is in use, or only a day old, stays."""

import os
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from core.enums import JobState
from core.files import names_below, private_path, remove_unfinished, write_bytes
from core.models import Job
from reports import tasks
from reports.actions.compile import restart_compilation, run_compilation, start_compilation
from reports.actions.compile.lead import FOLDER
from reports.actions.compile.sweep import KEPT, sweep_files
from reports.models import Compilation, SchoolPart
from reports.tests.factories import make_district
from reports.tests.test_compile import compiled
from reports.tests.test_compile_parts import fails_for
from schools.tests.factories import make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media", "august", "own_temporary")]
DAYS_AGO = time.time() - KEPT.total_seconds() - 60


@pytest.fixture
def own_temporary(tmp_path, monkeypatch):
    """What other tests have at hand on this machine at the moment is not swept here."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def written(name, *, at=DAYS_AGO):
    write_bytes(name, b"x")
    os.utime(private_path(name), (at, at))
    return name


def age_all(media):
    for path in media.rglob("*"):
        os.utime(path, (DAYS_AGO, DAYS_AGO))


@pytest.fixture
def incomplete(midnight, monkeypatch, media):
    """A package of three schools, one of which failed for good."""
    programme, schools = make_district(schools=3)
    midnight()
    fails_for(monkeypatch, schools[2])
    compilation = compiled(programme)
    monkeypatch.undo()
    return compilation


def test_what_no_row_names_goes_after_a_day(incomplete, media):
    part = SchoolPart.objects.get(file="")
    old = [
        written(f"{FOLDER}/parts/{incomplete.pk}/{part.school.code}-1.zip"),
        written(f"{FOLDER}/parts/999999/2131990001-1.zip"),
        written(f"{FOLDER}/{incomplete.programme.code}-coverage-1-9.zip"),
        written(f"{FOLDER}/.unfinished-abcd1234.zip"),
        written("archives/.unfinished-k_3dj2x9.zip"),
    ]  # fmt: skip
    young = written(f"{FOLDER}/parts/{incomplete.pk}/{part.school.code}-2.zip", at=time.time() - 3600)
    begun = written(f"{FOLDER}/parts/{incomplete.pk}/.unfinished-zyxw9876.zip", at=time.time() - 3600)
    for path in (private_path(name) for name in named()):
        os.utime(path, (DAYS_AGO, DAYS_AGO))
    assert sweep_files() == len(old)
    assert set(names_below(FOLDER)) == {*named(), young, begun}
    assert sweep_files() == 0


def named():
    rows = [*SchoolPart.objects.exclude(file=""), *Compilation.objects.exclude(file="")]
    return {row.file for row in rows}


def test_what_stays_makes_the_whole_package_yet(incomplete, media):
    officer = make_officer(incomplete.programme.authority)
    age_all(media)
    sweep_files()
    restart_compilation(incomplete, by=officer)
    run_compilation(incomplete.job_id)
    incomplete.refresh_from_db()
    assert (incomplete.state, incomplete.missing) == ("ready", [])
    age_all(media)
    sweep_files()
    assert set(names_below(FOLDER)) == named() and len(named()) == 4


@pytest.mark.parametrize("state", (JobState.QUEUED, JobState.RUNNING, JobState.WAITING))
def test_what_a_package_in_the_making_has_written_stays(midnight, state):
    programme, _ = make_district(schools=2)
    midnight()
    compilation = start_compilation(programme, "coverage", queue=False)
    Job.objects.filter(pk=compilation.job_id).update(state=state)
    names = [
        written(f"{FOLDER}/parts/{compilation.pk}/2131990001-1.zip"), written(f"{FOLDER}/{programme.code}-coverage-1-1.zip"),
    ]  # fmt: skip
    assert sweep_files() == 0
    Job.objects.filter(pk=compilation.job_id).update(state=JobState.FAILED)
    assert sweep_files() == len(names)


def test_nothing_made_yet_is_nothing_to_sweep(media):
    assert sweep_files() == 0


def test_only_what_a_worker_begins_looks_like_it(media):
    for name in (".ready", ".gitkeep", ".DS_Store", "archives/a.zip", ".htaccess.bak"):
        written(name)
    assert remove_unfinished(timedelta(days=1)) == 0


def test_in_s3_too(midnight, s3_storage, monkeypatch):
    programme, schools = make_district(schools=2)
    midnight()
    fails_for(monkeypatch, schools[1])
    compiled(programme)
    write_bytes(f"{FOLDER}/parts/999999/2131990001-1.zip", b"x")
    assert sweep_files() == 0
    monkeypatch.setattr("reports.actions.compile.sweep.KEPT", timedelta(seconds=-60))
    assert sweep_files() == 1
    assert set(names_below(FOLDER)) == named()


def test_what_was_begun_on_this_machine_goes_too(own_temporary, s3_storage):
    """A worker killed while it makes a file for S3 leaves it half written here."""
    folder = own_temporary / "homevisit-work-k3dj2x9"
    folder.mkdir()
    (folder / "file.zip").write_bytes(b"x")
    age_all(own_temporary)
    assert sweep_files() == 1
    assert list(own_temporary.iterdir()) == []


def test_the_night_writes_down_how_many_went(incomplete):
    written(f"{FOLDER}/parts/999999/2131990001-1.zip")
    assert "reports.tasks.sweep" in {row["task"] for row in django_settings.CELERY_BEAT_SCHEDULE.values()}
    tasks.sweep()
    run = Job.objects.get(kind="beat.files")
    assert (run.state, run.message) == (JobState.DONE, "1个")
