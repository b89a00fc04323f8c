"""Private files in a folder and in S3: whole or not there, under one name, for nobody outside."""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.storage import default_storage

from core.files import (
    checksum_of,
    delete_private,
    in_folder,
    local_copy,
    open_private,
    place_of,
    private_path,
    remove_left_here,
    storage_ready,
    work_folder,
    write_bytes,
    write_private,
)
from core.sheets import Column, write_table
from core.storage import FOLDER, storage_of


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def write(text):
    def fill(path):
        with open(path, "w") as file:
            file.write(text)

    return fill


def test_a_written_file_stands_alone_under_its_name(media):
    checksum = write_private("packages/1.txt", write("第一版"))
    assert checksum == hashlib.sha256("第一版".encode()).hexdigest() == checksum_of("packages/1.txt")
    assert [p.name for p in (media / "packages").iterdir()] == ["1.txt"]
    assert place_of("packages/1.txt") == str(media / "packages" / "1.txt")
    assert (media / "packages" / "1.txt").stat().st_mode & 0o077 == 0


def test_a_failed_write_leaves_the_earlier_file(media):
    write_private("packages/1.txt", write("第一版"))

    def fails(path):
        write("半")(path)
        raise OSError("disk full")

    with pytest.raises(OSError):
        write_private("packages/1.txt", fails)
    assert [p.read_text() for p in (media / "packages").iterdir()] == ["第一版"]


@pytest.mark.parametrize("name", ["../out.txt", "/etc/passwd", "packages/../../out.txt"])
def test_a_name_never_leads_out_of_the_folder(name):
    with pytest.raises(ValueError):
        private_path(name)


def test_a_name_is_read_deleted_and_then_not_found_alike_in_both(any_storage):
    write_private("packages/1.txt", write("第一版"))
    checksum = write_private("packages/1.txt", write("第二版"))

    with open_private("packages/1.txt") as file, local_copy("packages/1.txt") as path:
        assert file.read().decode() == path.read_text() == "第二版"
    assert checksum_of("packages/1.txt") == checksum
    delete_private("packages/1.txt")
    delete_private("packages/1.txt")
    delete_private("")
    with pytest.raises(FileNotFoundError):
        open_private("packages/1.txt").read()
    assert storage_ready()


def test_a_failed_write_to_s3_leaves_the_earlier_object(s3_storage):
    write_private("packages/1.txt", write("第一版"))

    def fails(path):
        write("半")(path)
        raise OSError("disk full")

    with pytest.raises(OSError):
        write_private("packages/1.txt", fails)
    assert default_storage.listdir("packages") == ([], ["1.txt"])
    with open_private("packages/1.txt") as file:
        assert file.read().decode() == "第一版"


def test_an_object_in_s3_is_nobodys_without_a_signature_of_version_4(s3_storage):
    write_bytes("packages/1.txt", b"1")

    signed = default_storage.url("packages/1.txt")
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in signed
    grants = default_storage.bucket.Object("packages/1.txt").Acl().grants
    assert [grant["Grantee"]["Type"] for grant in grants] == ["CanonicalUser"]
    assert place_of("packages/1.txt") == "s3://homevisit/packages/1.txt"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(signed.split("?")[0])


def test_a_workbook_of_a_report_is_written_to_s3_and_read_back(s3_storage, media):
    columns = [Column("学校"), Column("应访", kind="number")]
    checksum = write_private(
        "compilations/1.xlsx", lambda path: write_table(path, title="汇总表", columns=columns, rows=[["示例一小", 3]])
    )

    with open_private("compilations/1.xlsx") as file:
        rows = list(openpyxl.load_workbook(file, read_only=True).active.iter_rows(values_only=True))
    assert ("示例一小", 3) in rows
    assert checksum_of("compilations/1.xlsx") == checksum
    assert not in_folder()
    assert list(media.iterdir()) == []


def test_storage_that_is_away_is_not_ready(s3_storage, settings):
    options = storage_of("s3://key:secret@127.0.0.1:9/homevisit?secure=0")[1]
    settings.STORAGES = {**settings.STORAGES, "default": options}
    assert not storage_ready()


# ── STORAGE_URL ──


def test_a_url_of_a_folder():
    assert storage_of("file:///srv/家访 #1/media") == ("/srv/家访 #1/media", {"BACKEND": FOLDER})


def test_a_url_of_a_bucket_is_private_and_signed():
    folder, storage = storage_of("s3://AK:a%2Fb@oss.example.cn:9000/visits?region=cn-east-2")
    options = storage["OPTIONS"]
    client = options.pop("client_config")

    assert folder is None
    assert options == {
        "access_key": "AK", "secret_key": "a/b", "bucket_name": "visits", "region_name": "cn-east-2",
        "endpoint_url": "https://oss.example.cn:9000", "use_ssl": True, "default_acl": None, "querystring_auth": True,
        "file_overwrite": True, "max_memory_size": 2 * 1024 * 1024,
    }  # fmt: skip
    assert (client.signature_version, client.s3) == ("s3v4", {"addressing_style": "path"})


@pytest.mark.parametrize(
    "url",
    ["/srv/media", "s3://bucket", "s3://AK:SK@host/", "s3://AK:SK@host/a/b", "s3://AK:SK@host/a?regoin=x", "ftp://a/b"],
)
def test_a_wrong_url_says_what_it_should_be(url):
    with pytest.raises(ValueError, match="STORAGE_URL"):
        storage_of(url)


# ── What a process that was killed leaves on this machine ──


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def aged(path, hours):
    moment = time.time() - hours * 3600
    os.utime(path, (moment, moment))
    return path


def touched(path):
    path.touch()
    return path


A_DAY = timedelta(days=1)
BEGIN_AND_DIE = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from core.files import work_folder
with work_folder() as folder:
    (folder / "file.zip").write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_work_that_ends_leaves_nothing_even_when_it_fails(temporary):
    with work_folder() as folder:
        (folder / "a").write_text("x")
        assert folder.parent == temporary and folder.stat().st_mode & 0o077 == 0
    with pytest.raises(OSError), work_folder():
        raise OSError("disk full")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_goes_after_a_day(temporary, settings):
    done = subprocess.run(
        [sys.executable, "-c", BEGIN_AND_DIE, str(settings.BASE_DIR)],
        env={**os.environ, "TMPDIR": str(temporary), "DJANGO_SETTINGS_MODULE": "homevisit.settings_test"}, check=False,
    )  # fmt: skip
    assert done.returncode == -9
    (folder,) = temporary.iterdir()
    assert remove_left_here(A_DAY) == 0
    aged(folder / "file.zip", 25)
    aged(folder, 25)
    assert remove_left_here(A_DAY) == 1
    assert list(temporary.iterdir()) == []


def test_a_folder_still_written_to_and_what_other_programs_own_stay(temporary):
    kept = []
    for name in ("homevisit-work-abc", "tmpk3dj2x9", "systemd-private-1"):
        (temporary / name).mkdir()
        aged(touched(temporary / name / "file"), 25)
        kept.append(temporary / name)
    (temporary / "homevisit-work-abc" / "young").touch()
    (temporary / "notes.upload.txt").touch()
    for path in (*kept, temporary / "notes.upload.txt"):
        aged(path, 25)
    sent = aged(touched(temporary / "tmpk3dj2x9.upload.zip"), 25)
    assert remove_left_here(A_DAY) == 1
    assert not sent.exists()
    assert all(path.exists() for path in kept) and (temporary / "notes.upload.txt").exists()


def test_a_link_is_removed_and_not_what_it_leads_to(temporary, tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    link = temporary / "homevisit-work-link"
    link.symlink_to(tmp_path / "kept")
    assert remove_left_here(timedelta(days=-1)) == 1
    assert not link.is_symlink() and (tmp_path / "kept" / "file").exists()


def test_another_users_folder_is_left_alone(temporary, monkeypatch):
    (temporary / "homevisit-work-abc").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: 65533)
    assert remove_left_here(timedelta(days=-1)) == 0
