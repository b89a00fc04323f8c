"""Every sample comes out as its sidecar says; files of another kind get one sentence and change nothing."""

import pytest

from students.models import CategoryMark, Enrolment, Guardian, Household, Student
from students.tests.expect import FOLDER, differences, import_sample, sidecar, wrong_spots

SAMPLES = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".xlsx", ".xls", ".csv"))
NOT_YET = {
    "07_sheets_per_class.xlsx": "文件里有4张名册，一次只能导入一张",
    "08_legacy.xls": "旧版 Excel",
    "09_gb18030.csv": "文本表格",
    "31_html_inside.xls": "网页格式",
    "32_csv_inside.xlsx": "文本表格",
}
TABLES = (Student, Enrolment, Guardian, Household, CategoryMark)


def everything():
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


@pytest.mark.sqlite  # the file is read in Python: once is enough
@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in NOT_YET])
def test_sample_comes_out_as_its_sidecar_says(name):
    expected = sidecar(name)

    plan = import_sample(name)

    assert differences(plan, expected) == {}
    assert wrong_spots(plan, expected) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in NOT_YET and sidecar(name)["rows"]])
def test_sample_imported_twice_changes_nothing(name):
    first = import_sample(name)
    before = everything()

    again = import_sample(name)

    assert everything() == before
    assert again.unchanged == len(first.creates) + len(first.updates) + len(first.moves) + first.unchanged
    assert not again.changes_anything


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "sentence"), NOT_YET.items())
def test_other_kinds_of_file_get_one_sentence(name, sentence):
    plan = import_sample(name)

    assert [(p.row, p.kind) for p in plan.problems] == [(None, "unsupported_format")]
    assert sentence in plan.refused.message
    assert Student.objects.count() == 0
