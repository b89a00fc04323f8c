"""Set-up before anything runs: the environment `.venv` and, for tests, a browser, a Chinese font, LibreOffice.

Plain Python 3.11: nothing of the project or its requirements can be imported here.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.children import Failed

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def digest(*paths):
    """One hash over the contents of these files, in order; names count, places do not."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def environment(children, *, dev=False):
    """Make `.venv` hold the pinned packages; nothing to do while the pins are those of last time."""
    if sys.version_info < OLDEST:
        this = sys.version.split()[0]
        raise Failed(f"Python 3.11 or newer is needed, this is {this}: name one with make PYTHON=python3.11 …")
    if not (VENV / "bin" / "pip").exists():  # the last thing a new environment gets
        print("Creating .venv …", flush=True)
        command = [sys.executable, "-m", "venv", VENV]
        if children.run(command) and not (apt(children, "python3-venv") and children.run(command) == 0):
            raise Failed("Python could not create an environment; on Debian: apt-get install python3-venv")
    pins = ROOT / ("requirements-dev.txt" if dev else "requirements.txt")
    stamp = VENV / f"installed-{pins.stem}"
    if stamp.exists() and stamp.read_text() == digest(pins):
        return
    print(f"Installing {pins.name} (once, a minute or two) …", flush=True)
    log = VENV / "pip.log"
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "-r", pins]
    with log.open("wb") as out:
        if children.run(pip, cwd=ROOT, log=out):
            raise Failed(f"pip could not install {pins.name}:\n{log.read_text(errors='replace')[-3000:]}")
    stamp.write_text(digest(pins))


def apt(children, *packages):
    """Install Debian packages. False when that is not ours to do here, or failed."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {' and '.join(packages)} by apt …", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    children.run(["apt-get", "update", "-qq"], env=quiet)
    return not children.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], env=quiet)


def chromium():
    """Path of a Chromium the browser tests can drive, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


def has_chinese_font():
    if shutil.which("fc-list"):
        return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True).stdout.strip())
    return any(Path("/usr/share/fonts").rglob("*CJK*"))


def has_calc():
    program = shutil.which("soffice")
    return bool(program) and Path(program).resolve().with_name("libsclo.so").exists()


def programs(children, *, proofs=False):
    """Have by apt what the tests drive: a browser, a Chinese font, LibreOffice; what only proofs drive with `proofs`.
    Returns sentences naming what could not be had."""
    needs = [
        ("Chromium", "chromium", chromium),
        ("a Chinese font", "fonts-noto-cjk", has_chinese_font),
        ("LibreOffice", "libreoffice-writer-nogui", lambda: shutil.which("soffice")),
        ("fc-match", "fontconfig", lambda: shutil.which("fc-match")),
    ]
    if proofs:
        needs.append(("LibreOffice Calc", "libreoffice-calc-nogui", has_calc))
    wanted = [package for _, package, there in needs if not there()]
    if wanted:
        apt(children, *wanted)
    missing = [(name, package) for name, package, there in needs if not there()]
    return [f"{name} is missing (package {package}): run `apt-get install {package}` as root." for name, package in missing]
