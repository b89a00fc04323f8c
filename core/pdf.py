"""A .docx as PDF, by LibreOffice where it is installed (package libreoffice-writer-nogui): one at a time a machine.

It runs with a profile and a process group of its own, without this program's secrets in its environment, and is
killed after a minute. Chinese faces that are not installed are taken from Noto CJK (core/fonts.conf).
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import structlog
from django.conf import settings

log = structlog.get_logger("homevisit.pdf")

SECONDS = 60
WAIT = 15  # for those before us; a page that waits keeps a web worker
FONTS = Path(__file__).resolve().parent / "fonts.conf"
FILTER = "pdf:writer_pdf_Export"
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product"><prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>99</value></prop></item>
</oor:items>
"""  # noqa: E501


class PdfUnavailable(Exception):
    """No PDF now; the message tells the user what to do instead."""


def program():
    """Its path, or None; the setting SOFFICE names it, an empty one does without."""
    return shutil.which(settings.SOFFICE) if settings.SOFFICE else None


def available():
    return program() is not None


def require():
    """Before a paper is made that would then have no PDF."""
    if not available():
        raise PdfUnavailable(
            "这台服务器没有装 LibreOffice，不能转成 PDF。请下载 Word 版，在电脑上另存为 PDF。"
        )


def to_pdf(document):
    """The PDF of a .docx, both as bytes. Raises PdfUnavailable."""
    require()
    home = Path(settings.DATA_DIR) / "office"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(home), tempfile.TemporaryDirectory(dir=home, prefix="job-") as folder:
        source = Path(folder) / "paper.docx"
        source.write_bytes(document)
        _convert(home / "profile", source)
        target = source.with_suffix(".pdf")
        if not target.exists():
            _start_afresh(home / "profile")
            raise PdfUnavailable("这一份没有转成 PDF。请下载 Word 版。")
        return target.read_bytes()


@contextlib.contextmanager
def _alone(home):
    """Two LibreOffice on one profile wait for each other for ever; the lock also keeps a machine from drowning."""
    with (home / "lock").open("w") as lock:
        until = time.monotonic() + WAIT
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise PdfUnavailable("现在转 PDF 的人多，请过几分钟再试，或者下载 Word 版。") from None
                time.sleep(0.1)
        yield


def _convert(profile, source):
    if not profile.exists():
        user = profile / "user"
        user.mkdir(mode=0o700, parents=True)
        (user / "registrymodifications.xcu").write_text(PROFILE)
    command = [
        program(), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck",
        "--nodefault", "--nologo", "--convert-to", FILTER, "--outdir", str(source.parent), str(source),
    ]  # fmt: skip
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=source.parent,
        env=_environment(profile),
    )
    try:
        child.wait(SECONDS)
    except subprocess.TimeoutExpired:
        log.warning("pdf_timeout", seconds=SECONDS)
        _kill(child)
        _start_afresh(profile)
        raise PdfUnavailable("转 PDF 用了太久，已停下。请下载 Word 版。") from None
    finally:
        _kill(child)  # what it left in its process group, too
    if child.returncode:
        log.warning("pdf_failed", code=child.returncode)


def _environment(profile):
    """Only what it needs: no address of a database, no key."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(profile),
        "TMPDIR": str(profile),
        "XDG_CACHE_HOME": str(profile / "cache"),
        "LANG": "C.UTF-8",
        "TZ": "Asia/Shanghai",
        "SAL_USE_VCLPLUGIN": "svp",
        "FONTCONFIG_FILE": str(FONTS),
    }


def _kill(child):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _start_afresh(profile):
    """A profile that was open when its program was killed may be broken."""
    shutil.rmtree(profile, ignore_errors=True)
