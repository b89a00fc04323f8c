"""A workbook as an office suite reads it: LibreOffice Calc opens it and writes down what it found.

Missing is a failure, never a skip: package libreoffice-calc-nogui.
"""

import csv
import subprocess

import openpyxl
import pytest

from core import pdf

SECONDS = 180
AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"  # every sheet, as on the screen
UTF_8 = "--infilter=CSV:44,34,76,1"  # Calc asks a person for it; Excel goes by the mark at the start
RECALCULATED = "xlsx:Calc MS Excel 2007 XML"
PRINTED = "pdf:calc_pdf_Export"


class Calc:
    """One LibreOffice with a profile of its own; many files in one go, since its start costs seconds."""

    def __init__(self, folder):
        self.profile, self.out = folder / "profile", folder / "out"
        self.profile.mkdir(parents=True)

    def convert(self, paths, form, *how):
        """The folder of what was made; csv gives one file a sheet, `name-sheet.csv`."""
        kind = form.partition(":")[0]
        out = self.out / kind
        program = pdf.program()
        if program is None:
            pytest.fail("LibreOffice is missing (package libreoffice-calc-nogui)", pytrace=False)
        command = [program, f"-env:UserInstallation={self.profile.as_uri()}", "--headless", "--norestore", "--nolockcheck",
                   *how, "--convert-to", form, "--outdir", str(out), *map(str, paths)]  # fmt: skip
        done = subprocess.run(
            command, env=pdf._environment(self.profile), timeout=SECONDS, stdin=subprocess.DEVNULL, capture_output=True
        )
        if done.returncode or not any(out.glob(f"*.{kind}")):
            pytest.fail(f"LibreOffice opened none of them (package libreoffice-calc-nogui): {done.stderr[-300:]}", pytrace=False)
        return out

    def books(self, paths, *how):
        """{stem: workbook written again by Calc}"""
        out = self.convert(paths, RECALCULATED, *how)
        return {path.stem: openpyxl.load_workbook(out / f"{path.stem}.xlsx") for path in paths}

    def shown(self, paths):
        """{stem: {sheet: rows of text as a person sees them}}"""
        out = self.convert(paths, AS_SHOWN)
        found = {}
        for path in paths:
            names = openpyxl.load_workbook(path, read_only=True).sheetnames
            found[path.stem] = {}
            for name in names:
                with (out / f"{path.stem}-{name}.csv").open(encoding="utf-8", newline="") as file:
                    found[path.stem][name] = list(csv.reader(file))
        return found

    def printed(self, paths):
        """{stem: the PDF as bytes}"""
        out = self.convert(paths, PRINTED)
        return {path.stem: (out / f"{path.stem}.pdf").read_bytes() for path in paths}
