"""The package of a district: one zip."""

import io
import zipfile

import openpyxl
from django.db.models import Sum

from core import jobs
from core.clock import local_date
from core.formats import full_day
from core.sheets import clean, internal_mark, write_table
from reports.models import Snapshot
from reports.queries.summary import NOTES, summary_table
from visits.models.register import ALL

SUMMARY = "走访情况汇总表.xlsx"


def write_package(compilation, path, *, parts, missing, password, alive):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(SUMMARY), _workbook(compilation))
    alive(len(parts), len(parts))


def check_package(compilation, path):
    """The rows of the summary are the frozen ones, and its sums the database's own."""
    table = summary_table(compilation)
    with zipfile.ZipFile(path) as archive:
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read(SUMMARY)), read_only=True).active
    written = [list(row) for row in sheet.iter_rows(values_only=True)]
    expected = [[_as_written(value) for value in row] for row in (*table.rows, table.sums)]
    first = written.index(expected[0]) if expected[0] in written else 0
    sums = Snapshot.objects.filter(compilation=compilation, dimension=ALL).aggregate(due=Sum("due"), visited=Sum("visited"))
    frozen = (sums["due"] or 0, sums["visited"] or 0)
    if written[first : first + len(expected)] != expected or (table.due, table.visited) != frozen:
        raise jobs.JobFailed("核对没有通过：表格和冻结的数据对不上，没有发布。请再试一次；再不行请联系管理员。")


def _as_written(value):
    return (clean(value) or None) if isinstance(value, str) else value


def _workbook(compilation):
    programme, made_at = compilation.programme, compilation.created_at
    table = summary_table(compilation)
    filled_on = full_day(local_date(made_at))
    file = io.BytesIO()
    write_table(
        file,
        title=f"{programme.authority.name}{programme.title}走访情况汇总表",
        subtitle=f"数据截至{compilation.as_of_words}（{compilation.stage}，第{compilation.revision}版）",
        columns=table.columns,
        rows=table.rows,
        total=table.sums,
        notes=(*NOTES, f"填表人：　　　　　　审核人：　　　　　　联系电话：　　　　　　填表日期：{filled_on}"),
        sheet="走访情况汇总",
        mark=internal_mark(compilation.started_by, made_at, f"{compilation.pk:06d}"),
        made_at=made_at,
    )
    return file.getvalue()
