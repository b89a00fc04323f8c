"""`make run` and `make test` as promised in the README: what is installed, which keys are made, what is refused."""

import os
import re
import socket
import stat
import subprocess
import sys

import pytest
from django.conf import settings

from tools import run as make_run
from tools import setup as make_setup
from tools.children import Failed

ROOT = settings.BASE_DIR
PIN = re.compile(r"([A-Za-z0-9_.-]+)==([0-9][A-Za-z0-9_.+!-]*)")


def pins(name):
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    return dict(PIN.fullmatch(line).groups() for line in lines if line)


def wanted(name):
    lines = (ROOT / name).read_text().splitlines()
    names = [re.match(r"[A-Za-z0-9_.-]+", line) for line in lines if not line.startswith("-r")]
    return {found.group().lower().replace("_", "-") for found in names if found}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_requirements_pin_every_wanted_package_exactly(name):
    assert wanted(f"{name}.in") - {package.lower().replace("_", "-") for package in pins(f"{name}.txt")} == set()


def test_development_has_the_versions_production_runs():
    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")

    assert {package: development.get(package) for package in runtime} == runtime


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_name_no_place_to_fetch_from(name):
    text = (ROOT / name).read_text()

    assert [line for line in text.splitlines() if "/" in line or "index" in line or "find-links" in line] == []


@pytest.mark.parametrize("target", ["run", "test", "prove", "bench", "screenshots", "lint", "lock"])
def test_make_target_calls_its_tool(target):
    answer = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True)

    assert re.search(r"-m tools\.\w+", answer.stdout)


def test_ci_runs_suite_and_proofs():
    text = (ROOT / ".ci" / "run").read_text()

    assert re.findall(r"^make (\w+)", text, re.M) == ["test", "prove"]


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("data/env", True),
        ("data/homevisit.sqlite3", True),
        (".venv/bin/python", True),
        ("staticfiles/app.css", True),
        ("programmes/data/baoshan-2022.toml", False),
    ],
)
def test_git_keeps_secrets_and_results_out(path, ignored):
    answer = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT)

    assert answer.returncode == (0 if ignored else 1)


def start_settings(tmp_path, **given):
    """Load homevisit.settings in a fresh process whose data folder is empty; returns the last line it says."""
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env |= {"DATA_DIR": str(tmp_path), **given}
    code = "import homevisit.settings as s; print(f'DEBUG={s.DEBUG}')"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    return (answer.stdout + answer.stderr).strip().splitlines()[-1]


KEYS = {"SECRET_KEY": "s" * 60, "FIELD_KEYS": "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}


@pytest.mark.parametrize("missing", ["SECRET_KEY", "FIELD_KEYS"])
def test_start_without_a_secret_is_refused_by_name(tmp_path, missing):
    given = {name: value for name, value in KEYS.items() if name != missing}

    assert f"ImproperlyConfigured: {missing} is not set" in start_settings(tmp_path, **given)


def test_start_with_keys_has_debug_off(tmp_path):
    assert start_settings(tmp_path, **KEYS) == "DEBUG=False"


def test_start_with_a_frozen_clock_is_refused(tmp_path):
    said = start_settings(tmp_path, **KEYS, HOMEVISIT_CLOCK="2022-09-30T12:00+08:00")

    assert "HOMEVISIT_CLOCK" in said and "ImproperlyConfigured" in said


def test_written_keys_start_the_program_and_are_private(tmp_path):
    make_run.write_keys(tmp_path / "env")

    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600
    assert start_settings(tmp_path) == "DEBUG=False"


def test_written_keys_are_random_and_never_written_over(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    make_run.write_keys(first)
    make_run.write_keys(second)
    before = first.read_text()
    make_run.write_keys(first)

    assert first.read_text() == before
    assert not set(before.splitlines()) & set(second.read_text().splitlines()) - {"HOMEVISIT_DEMO=1"}


def test_busy_port_is_named_with_the_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Failed, match=rf"Port {port} cannot be used .* PORT={port + 1} make run"):
            make_run.free_port(str(port))


@pytest.mark.parametrize("text", ["80a", "0", "65536", "-1", ""])
def test_port_must_be_a_port_number(text):
    with pytest.raises(Failed, match="is not a port number"):
        make_run.free_port(text)


# A tool whose child leaves a background process in its own group and another one in a session of its own.
LEAVES_SOME_BEHIND = """
import sys
from tools.children import Failed, main

def tool(children):
    children.start(["sh", "-c", "sleep 600 & setsid sleep 600 & echo up; wait"])
    children.run(["sleep", "0.3"])
    raise Failed("one sentence")

main(tool)
"""


def test_tool_that_fails_leaves_no_process_behind(marked_processes):
    env, alive = marked_processes
    answer = subprocess.run(
        [sys.executable, "-c", LEAVES_SOME_BEHIND], cwd=ROOT, env=env, capture_output=True, text=True
    )

    assert (answer.returncode, answer.stdout, answer.stderr) == (1, "up\n", "\nFAILED: one sentence\n")
    assert alive() == {}


class Nobody:
    """Stands for a machine where apt installs nothing: keeps the commands."""

    def __init__(self):
        self.asked = []

    def run(self, command, **options):
        self.asked.append(command)
        return 1


def test_programs_that_cannot_be_had_are_named_with_their_package(monkeypatch):
    monkeypatch.setattr(make_setup.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(make_setup.os, "geteuid", lambda: 0)
    monkeypatch.setattr(make_setup, "has_chinese_font", lambda: True)
    nobody = Nobody()

    told = make_setup.programs(nobody)

    assert [sentence.split(" is missing")[0] for sentence in told] == ["Chromium", "LibreOffice", "fc-match"]
    assert "apt-get install libreoffice-writer-nogui" in told[1]
    assert nobody.asked[-1][-3:] == ["chromium", "libreoffice-writer-nogui", "fontconfig"]
    assert "--no-install-recommends" in nobody.asked[-1]


def test_proofs_want_calc_besides(monkeypatch, tmp_path):
    monkeypatch.setattr(make_setup.shutil, "which", lambda name: str(tmp_path / name))
    monkeypatch.setattr(make_setup.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(make_setup, "has_chinese_font", lambda: True)

    (told,) = make_setup.programs(Nobody(), proofs=True)
    assert told.startswith("LibreOffice Calc is missing (package libreoffice-calc-nogui)")
    (tmp_path / "libsclo.so").touch()
    assert make_setup.programs(Nobody(), proofs=True) == []


def test_programs_that_are_there_are_not_asked_for(monkeypatch):
    monkeypatch.setattr(make_setup.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(make_setup, "has_chinese_font", lambda: True)
    nobody = Nobody()

    assert make_setup.programs(nobody) == [] == nobody.asked
