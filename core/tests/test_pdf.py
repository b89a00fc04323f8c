"""LibreOffice as a guest: found or named, one at a time, without our secrets, ended when it takes too long."""

import os
import stat
import subprocess
import threading
import time

import pypdfium2
import pytest

from core import pdf
from core.tests.papers import document


@pytest.fixture
def office(tmp_path, settings):
    """Puts a script of ours in LibreOffice's place; returns a function that writes it."""
    settings.DATA_DIR = tmp_path

    def write(script):
        program = tmp_path / "soffice"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        settings.SOFFICE = str(program)

    return write


def test_a_docx_becomes_a_pdf_with_its_words(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    made = pypdfium2.PdfDocument(pdf.to_pdf(document("学校家访记录表")))

    assert len(made) == 1 and "学校家访记录表" in made[0].get_textpage().get_text_range()
    assert sorted(path.name for path in (tmp_path / "office").iterdir()) == ["lock", "profile"]
    assert stat.S_IMODE((tmp_path / "office").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", "no-such-program"])
def test_without_libreoffice_the_way_out_is_told(settings, name):
    settings.SOFFICE = name

    with pytest.raises(pdf.PdfUnavailable, match="下载 Word 版"):
        pdf.to_pdf(b"")


def test_SEC_it_sees_none_of_our_secrets(office, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "very secret")
    office(f"env > {tmp_path}/seen; exit 1")

    with pytest.raises(pdf.PdfUnavailable):
        pdf.to_pdf(b"x")

    seen = (tmp_path / "seen").read_text()
    assert "FONTCONFIG_FILE=" in seen and "SECRET" not in seen and "FIELD_KEYS" not in seen


def test_it_is_ended_with_all_it_started_when_it_takes_too_long(office, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "SECONDS", 0.5)
    office(f"sleep 600 & echo $! > {tmp_path}/child; wait")

    with pytest.raises(pdf.PdfUnavailable, match="太久"):
        pdf.to_pdf(b"x")

    state = f"/proc/{(tmp_path / 'child').read_text().strip()}/status"
    assert not os.path.exists(state) or "Z (zombie)" in open(state).read()


def test_two_at_once_run_one_after_the_other(office, tmp_path):
    busy = tmp_path / "busy"
    office(f'mkdir {busy} || exit 1; sleep 0.4; rmdir {busy}; for last; do :; done; echo %PDF > "${{last%.docx}}.pdf"')
    made = []
    threads = [threading.Thread(target=lambda: made.append(pdf.to_pdf(b"x"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == [b"%PDF\n"] * 3


def test_who_waits_too_long_is_told_so(office, monkeypatch):
    office("sleep 2")
    monkeypatch.setattr(pdf, "WAIT", 0.2)
    first = threading.Thread(target=lambda: pytest.raises(pdf.PdfUnavailable, pdf.to_pdf, b"x"))
    first.start()
    try:
        time.sleep(0.4)
        with pytest.raises(pdf.PdfUnavailable, match="几分钟"):
            pdf.to_pdf(b"x")
    finally:
        first.join()


@pytest.mark.parametrize("face", ["仿宋_GB2312", "方正小标宋简体", "楷体_GB2312", "黑体", "宋体"])
def test_faces_of_official_papers_have_chinese_glyphs(face):
    answer = subprocess.run(
        ["fc-match", "-f", "%{family}|%{lang}", face],
        env=os.environ | {"FONTCONFIG_FILE": str(pdf.FONTS)}, capture_output=True, text=True,
    )  # fmt: skip

    assert "zh-cn" in answer.stdout
