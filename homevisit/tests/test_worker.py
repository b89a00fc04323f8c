"""What a worker does when it starts."""

import os
import tempfile
import time

from homevisit.celery import sweep_this_machine


def test_a_worker_looks_after_its_own_machine_when_it_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / "homevisit-work-abc"
    folder.mkdir()
    sweep_this_machine()
    assert folder.exists()
    a_day_ago = time.time() - 25 * 3600
    os.utime(folder, (a_day_ago, a_day_ago))
    sweep_this_machine()
    assert not folder.exists()
