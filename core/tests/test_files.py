import hashlib

import pytest

from core.files import checksum_of, private_path, write_private


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
