"""The scan of the sealed copy: what is taken, how it is kept, who may have it."""

import io
import time
import zlib

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from core.files import open_private, private_path
from core.media.kinds import Refused
from core.models import AuditEntry
from core.states import WrongState
from core.tests.pictures import jpeg, png
from schools.tests.factories import make_leader
from works.actions.pdf import refusal
from works.actions.scan import add_scan, remove_scan
from works.models import Scan, Work
from works.tests.factories import make_work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
TAIL = b"\nstartxref\n9\n%%EOF\n"


def pdf(*objects):
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, text) for number, text in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R >>" + TAIL


def stream(data, head=b""):
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), head, data)


def packed(text, head=b"/Filter /FlateDecode"):
    return stream(zlib.compress(text), b"/Type /ObjStm /N 1 /First 4 " + head)


PAGES = (b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page >>")
GOOD = pdf(*PAGES, stream(b"\xff\xd8 a picture as a scanner puts it there", b"/Filter /DCTDecode"))


@pytest.fixture
def work(programme, school, head, leader):
    return make_work(head, programme, school, state="approved", leader=leader)


def upload(data, name="盖章.pdf"):
    return SimpleUploadedFile(name, data)


@pytest.mark.seed("S63")
def test_a_scanned_pdf_is_kept_as_it_came_beside_its_version(work, school_admin):
    scan = add_scan(work, upload(GOOD), by=school_admin)

    assert (scan.version, scan.content_type, scan.original_name, scan.size) == (1, "application/pdf", "盖章.pdf", len(GOOD))
    assert open_private(scan.file).read() == GOOD
    assert "盖章" not in scan.file
    line = AuditEntry.objects.get(action="scan.add")
    assert (line.school_id, line.facts["work"]) == (work.school_id, work.pk)


@pytest.mark.parametrize(("make", "name"), [(jpeg, "a.jpg"), (png, "a.png"), (png, "a.pdf")])
def test_SEC_U2_a_picture_is_written_anew_without_what_the_phone_added(work, leader, make, name):
    scan = add_scan(work, upload(make(), name), by=leader)
    data = open_private(scan.file).read()

    assert scan.content_type == "image/jpeg"
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, dict(picture.getexif()), picture.info.get("comment")) == ("JPEG", {}, None)


def test_the_same_file_twice_is_one(work, leader):
    scans = {add_scan(work, upload(GOOD), by=leader).pk for _ in range(2)}

    assert len(scans) == 1
    folder = private_path("scans")
    assert len(list(folder.iterdir())) == 1


HEX = b"<< /S /J#61vaScript /J#53 (app.alert) >>"
HIDDEN = b"% stream\n" + b"<< /Type /Action /S /Launch /F (calc.exe) >>"


@pytest.mark.sqlite  # the file is read in Python: once is enough
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.4 and nothing more", "not_pdf"),
        (GOOD[:-40], "not_pdf"),
        (pdf(*PAGES, b"<< /S /JavaScript /JS (app.alert) >>"), "active"),
        (pdf(*PAGES, HEX), "active"),
        (pdf(*PAGES, b"<< /Type /Action /S /Launch /F (x) >>"), "active"),
        (pdf(*PAGES, HIDDEN), "active"),
        (pdf(*PAGES, b"<< /Names << /EmbeddedFiles 5 0 R >> >>"), "active"),
        (pdf(*PAGES, b"<< /AcroForm << /XFA 5 0 R >> >>"), "active"),
        (pdf(*PAGES, b"<< /S /SubmitForm /F (http://x) >>"), "active"),
        (pdf(*PAGES, packed(b"1 0 << /S /JavaScript >>")), "active"),
        (pdf(*PAGES, packed(b"1 0 << /S /J#61vaScript >>")), "active"),
        (pdf(*PAGES, stream(b"1 0 << /S /Launch >>", b"/Type /ObjStm")), "active"),
        (pdf(*PAGES, packed(b"1 0 <<>>", b"/Filter [/ASCII85Decode /FlateDecode]")), "sealed"),
        (pdf(*PAGES, packed(b"1 0 <<>>", b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>")), "sealed"),
        (pdf(*PAGES, stream(b"not packed", b"/Type /Obj#53tm /Filter /FlateDecode")), "sealed"),
        (pdf(*PAGES, packed(b" " * (41 << 20))), "sealed"),
        (pdf(*PAGES, b"<< /Encrypt 9 0 R >>"), "sealed"),
    ],
)
def test_SEC_U1_a_pdf_that_acts_or_hides_is_refused(work, leader, data, code):
    assert refusal(data) == code
    with pytest.raises(Refused):
        add_scan(work, upload(data), by=leader)
    assert not Scan.objects.exists()


@pytest.mark.sqlite  # the file is read in Python: once is enough
@pytest.mark.parametrize("part", [b"/#41", b"#41", b"stream\nendstream\n", b"endstream\n", b"/J", b"/a#4"])
def test_SEC_U4_a_pdf_made_to_keep_us_busy_does_not(part):
    started = time.monotonic()
    refusal(b"%PDF-1.4\n" + part * (10_000_000 // len(part)) + TAIL)

    assert time.monotonic() - started < 8


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        pdf(*PAGES, packed(b"1 0 << /Type /Page >>")),
        pdf(*PAGES, b"<< /OpenAction [3 0 R /FitH null] /A << /S /URI /URI (http://x) >> >>"),
        pdf(*PAGES, stream(b"\x01/JS \x02 by chance among the points of a picture", b"/Filter /DCTDecode")),
    ],
)
def test_a_pdf_of_pages_is_taken(data):
    assert refusal(data) == ""


@pytest.mark.sqlite  # the file is read in Python: once is enough
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空的"),
        (b"PK\x03\x04 a docx", "盖章件收 PDF、JPEG、PNG"),
        (b"<html><script>", "盖章件收 PDF、JPEG、PNG"),
        (b"\xff\xd8\xff\xe0 torn off", "打不开"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "盖章件收 PDF、JPEG、PNG"),
        (GOOD + b"0" * (10 << 20), "10 MB"),
    ],
)
def test_SEC_U4_what_is_not_taken_is_said_on_the_page(client, work, leader, data, said):
    client.force_login(leader)
    response = client.post(reverse("works:scan_upload", args=[work.pk]), {"file": upload(data)})

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Scan.objects.exists()


def test_no_file_chosen_is_said(client, work, leader):
    client.force_login(leader)

    assert "先选一个文件" in client.post(reverse("works:scan_upload", args=[work.pk])).content.decode()


def test_before_the_recommendation_there_is_nothing_sealed(programme, school, head, leader):
    work = make_work(head, programme, school, state="submitted")

    with pytest.raises(WrongState):
        add_scan(work, upload(GOOD), by=leader)


def test_five_at_a_time(work, leader):
    for number in range(5):
        add_scan(work, upload(GOOD + b"\n" * (number + 1)), by=leader)

    with pytest.raises(Refused, match="最多5份"):
        add_scan(work, upload(GOOD), by=leader)


def test_a_resubmission_says_that_the_scan_is_of_the_earlier_one(client, work, leader):
    add_scan(work, upload(GOOD), by=leader)
    Work.objects.filter(pk=work.pk).update(version=2)
    work.versions.create(number=2, title="新题目", body="新的正文", submitted_by=work.author)
    client.force_login(leader)
    page = client.get(reverse("works:school_review", args=[work.pk])).content.decode()

    assert "盖的是第1次提交" in page
    assert "后来又改过，这份盖的是以前的" in page


def test_removed_the_file_is_gone_and_the_row_stays(client, work, leader, django_capture_on_commit_callbacks):
    scan = add_scan(work, upload(GOOD), by=leader)
    client.force_login(leader)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            client.post(reverse("works:scan_remove", args=[scan.token]))

    scan.refresh_from_db()
    assert (scan.file, scan.removed_by) == ("", leader)
    assert list(private_path("scans").iterdir()) == []
    assert AuditEntry.objects.filter(action="scan.remove").count() == 1
    assert client.get(reverse("works:scan", args=[scan.token])).status_code == 404
    assert add_scan(work, upload(GOOD), by=leader).pk != scan.pk


def test_SEC_U5_it_is_only_downloaded_and_each_download_is_written_down(client, work, school_admin):
    scan = add_scan(work, upload(GOOD), by=school_admin)
    client.force_login(school_admin)
    response = client.get(reverse("works:scan", args=[scan.token]))

    assert b"".join(response.streaming_content) == GOOD
    assert response["Content-Disposition"].startswith("attachment;")
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "no-store, private")
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert AuditEntry.objects.get(action="scan.download").object_id == str(scan.pk)


def test_the_office_and_after_filing_the_districts_administrator_have_it(
    client, work, head, leader, officer, reviewer, other_school
):
    scan = add_scan(work, upload(GOOD), by=leader)
    address = reverse("works:scan", args=[scan.token])

    def status(person):
        client.force_login(person)
        return client.get(address).status_code

    stranger = make_leader(other_school)
    assert [status(p) for p in (leader, head, stranger, reviewer, officer)] == [200, 404, 404, 404, 404]
    Work.objects.filter(pk=work.pk).update(state="filed", filed_at=work.approved_at, filed_by=leader)
    assert [status(p) for p in (leader, head, stranger, reviewer, officer)] == [200, 404, 404, 404, 200]
    for person in (head, officer, stranger):
        with pytest.raises(PermissionDenied):
            add_scan(work, upload(GOOD), by=person)
        with pytest.raises(PermissionDenied):
            remove_scan(scan, by=person)
