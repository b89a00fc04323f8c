"""Photos as a teacher takes them on a phone, in Chromium: shrunk, sent, resumed, seen by the right people only."""

import io
import re

import pytest
from django.urls import reverse
from PIL import Image

from core.files import open_private
from core.models import AuditEntry
from core.tests import pictures
from programmes.tests.factories import make_programme
from schools.enums import Role
from schools.tests.factories import make_class, make_class_head, make_school, make_user
from students.tests.factories import make_student
from visits.actions.register import open_register
from visits.models import Media, Upload, Visit
from visits.tests.factories import TEXTS
from visits.tests.photo_place import WITH_VIDEO

pytestmark = pytest.mark.browser
PHONE = (390, 844)
SPY = """(() => {
    const ask = window.fetch; window.sent = [];
    window.fetch = (url, options) => {
        if (options && options.body instanceof Blob) window.sent.push(options.body.arrayBuffer());
        return ask(url, options);
    };
})()"""


@pytest.fixture
def place(transactional_db, clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    programme = make_programme(config=WITH_VIDEO)
    school_class = make_class()
    head = make_class_head(school_class, name="陈晓")
    student = make_student(school_class, name="顾梓涵")
    open_register(programme)
    other = make_class(make_school(programme.authority))
    return {"head": head, "student": student, "elsewhere": make_class_head(other), "school": school_class.school}


def at_home(page, place):
    page.goto(reverse("visits:log", args=[place["student"].pk]) + "#onsite")
    page.locator("#photos").scroll_into_view_if_needed()


def agree(page):
    page.locator("#photo_consent").check()
    page.locator("[data-consent][data-agreed]").wait_for()


def choose(page, *files):
    page.locator("[data-photo-input]").nth(1).set_input_files(
        [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]
    )


def seen(page, number=1):
    page.locator("[data-photo=ready]").nth(number - 1).wait_for()
    return page.locator("[data-photo=ready]")


def fill_and_submit(page):
    page.evaluate(
        """texts => {
            for (const code in texts) document.getElementById("id_text_" + code).value = texts[code];
            const set = (name, value) => { document.querySelector(`[name=${name}]`).value = value; };
            set("start", "18:30"); set("end", "19:20");
            const gift = document.getElementById("id_gift_declined");
            if (gift) gift.checked = true;
        }""",
        TEXTS,
    )
    page.evaluate("location.hash = 'review'")
    page.locator("[data-submit]").click()


def picture_of(media):
    with open_private(media.file) as file:
        data = file.read()
    return data, Image.open(io.BytesIO(data))


@pytest.mark.seed("W41", "W43")
def test_a_heic_with_gps_goes_in_and_a_clean_picture_comes_out_for_the_right_people(page_at, sign_in, axe, place):
    page = page_at(*PHONE)
    sign_in(page, place["head"])
    at_home(page, place)
    assert "老师、学生和家长同框" in page.inner_text("#photos")
    agree(page)
    choose(page, ("IMG_1.HEIC", "image/heic", pictures.heic(orientation=6)))
    tile = seen(page)
    assert page.get_by_text("位置信息已去除").is_visible()
    assert tile.locator("img").evaluate("async i => { await i.decode(); return [i.naturalWidth, i.naturalHeight] }") == [360, 480]
    assert axe(page) == []

    fill_and_submit(page)
    page.wait_for_url(re.compile(r"/visits/\d+/$"))
    visit, media = Visit.objects.get(), Media.objects.get()
    assert (media.visit, media.state) == (visit, "ready")
    data, picture = picture_of(media)
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (900, 1200), {})
    assert b"Exif" not in data and b"Testphone" not in data
    page.locator("#media img").first.evaluate("i => i.decode()")
    assert axe(page) == []

    full = page.locator("#media a").first.get_attribute("href")
    answer = page.request.get(full)
    assert (answer.status, answer.headers["content-type"], answer.body()) == (200, "image/jpeg", data)

    stranger = page_at(*PHONE)
    sign_in(stranger, place["elsewhere"])
    for address in (full, full.split("?")[0], reverse("visits:thumb", args=[media.token])):
        assert stranger.request.get(address).status == 404
    colleague = page_at(*PHONE)
    sign_in(colleague, make_user(Role.TEACHER, school=place["school"]))
    assert colleague.request.get(full).status == 404

    leader = make_user(Role.SCHOOL_LEADER, school=place["school"])
    reader = page_at(1440, 900)
    sign_in(reader, leader)
    reader.goto(reverse("visits:detail", args=[visit.pk]))
    reader.locator("#media img").first.evaluate("i => i.decode()")
    assert axe(reader) == []
    assert reader.request.get(full).body() == data  # another's link: a fresh one of one's own
    views = AuditEntry.objects.filter(action__in=["media.view", "media.thumbs"]).order_by("id")
    assert [(entry.action, entry.actor_id) for entry in views] == [("media.thumbs", leader.pk), ("media.view", leader.pk)]


@pytest.mark.prove
def test_a_jpeg_is_shrunk_and_loses_its_place_before_it_is_sent(page_at, sign_in, place):
    page = page_at(*PHONE)
    page.add_init_script(SPY)
    sign_in(page, place["head"])
    at_home(page, place)
    agree(page)
    choose(page, ("a.jpg", "image/jpeg", pictures.jpeg(pictures.drawn(4032, 3024), orientation=6)))
    seen(page)
    body = bytes(page.evaluate("Promise.all(window.sent).then(all => Array.from(new Uint8Array(all[0])))"))
    assert body.startswith(b"\xff\xd8") and b"Exif" not in body
    assert Image.open(io.BytesIO(body)).size == (1536, 2048)
    assert picture_of(Media.objects.get())[1].size == (1536, 2048)


def test_an_upload_goes_on_after_a_broken_connection_and_after_a_refresh(page_at, sign_in, place):
    page = page_at(*PHONE)
    sign_in(page, place["head"])
    at_home(page, place)
    agree(page)
    data = pictures.heic() + bytes(3 * 512 * 1024)  # four pieces; a HEIC is sent as it is
    offsets, broken = [], []

    def cut(route):
        if len(broken) < 1 and "offset=1048576" in route.request.url:
            broken.append(1)
            return route.abort()
        offsets.append(int(route.request.url.split("offset=")[1]))
        return route.continue_()

    page.route("**/media/uploads/*/?offset=*", cut)
    choose(page, ("a.heic", "image/heic", data))
    seen(page)
    assert offsets == [0, 524288, 1048576, 1572864]
    assert Media.objects.get().state == "ready"

    # Again with another file: the connection stays away, the page is loaded anew, the same file is picked again.
    page.unroute("**/media/uploads/*/?offset=*")
    page.route("**/media/uploads/*/?offset=1048576", lambda route: route.abort())
    other = pictures.heic(pictures.drawn(600, 400)) + bytes(3 * 512 * 1024)
    choose(page, ("b.heic", "image/heic", other))
    page.get_by_text("秒后接着传").wait_for()
    assert Upload.objects.get(media=None).received == 1048576
    page.locator("#save-state:has-text('已')").wait_for()  # the draft holds the form's number
    page.unroute("**/media/uploads/*/?offset=1048576")
    page.goto("about:blank")
    again = []
    page.on("request", lambda request: "offset=" in request.url and again.append(request.url.split("offset=")[1]))
    at_home(page, place)
    seen(page)  # what had arrived is there
    choose(page, ("b.heic", "image/heic", other))
    seen(page, 2)
    assert again == ["1048576", "1572864"]
    assert Media.objects.count() == 2


@pytest.mark.prove
def test_a_photo_waits_for_the_familys_yes_and_says_why(page_at, sign_in, axe, place):
    page = page_at(*PHONE)
    sign_in(page, place["head"])
    at_home(page, place)
    choose(page, ("a.jpg", "image/jpeg", pictures.jpeg()))
    page.get_by_text("等家长同意").wait_for()
    assert Upload.objects.count() == Media.objects.count() == 0
    assert axe(page) == []
    agree(page)
    seen(page)
    page.locator("#consent-mother").check()
    page.get_by_text("妈妈9月18日同意").wait_for()

    page.locator("#photo_consent").uncheck()
    page.get_by_text("撤回了同意").wait_for()
    fill_and_submit(page)
    page.wait_for_url(re.compile(r"/visits/\d+/$"))
    assert Media.objects.get().state == "removed"


@pytest.mark.prove
def test_what_is_no_photo_is_told_and_can_be_put_away(page_at, sign_in, axe, place):
    page = page_at(*PHONE)
    sign_in(page, place["head"])
    at_home(page, place)
    agree(page)
    choose(page, ("a.jpg", "image/jpeg", b"<html>no picture</html>"), ("b.heic", "image/heic", pictures.heic()[:700]))
    page.get_by_text("这个文件不是").wait_for()
    page.get_by_text("打不开").wait_for()
    assert axe(page) == []
    page.locator(".photo:has-text('不是') [data-drop]").click()
    page.locator("[data-photo=refused] .photo-x").click()
    page.locator(".photo").first.wait_for(state="detached")


@pytest.mark.prove
def test_a_film_is_taken_and_only_downloaded(page_at, sign_in, place, tmp_path):
    page = page_at(*PHONE)
    sign_in(page, place["head"])
    at_home(page, place)
    agree(page)
    choose(page, ("a.mov", "video/quicktime", pictures.film(tmp_path / "f.mp4", turned=True).read_bytes()))
    assert "2秒" in seen(page).inner_text()
    answer = page.request.get(page.locator(".photo a").get_attribute("href"))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "video/mp4"


@pytest.mark.prove
def test_without_script_a_photo_is_a_plain_file(page_at, sign_in, axe, place):
    page = page_at(*PHONE, java_script_enabled=False)
    sign_in(page, place["head"])
    page.goto(reverse("visits:log", args=[place["student"].pk]))
    page.set_input_files("#photos-plain", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": pictures.jpeg()})
    page.locator("[data-submit]").click()
    page.get_by_text("家长同意合影后再传").first.wait_for()
    page.check("#photo_consent")
    page.check("#consent-father")
    page.set_input_files("#photos-plain", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": pictures.jpeg()})
    page.locator("[data-submit]").click()
    page.locator(".photo img").first.wait_for()  # taken, while the texts are still missing
    assert Media.objects.get().state == "ready"


@pytest.mark.prove
def test_submitting_waits_for_a_photo_on_its_way(page_at, sign_in, place):
    page = page_at(*PHONE)
    sign_in(page, place["head"])
    at_home(page, place)
    agree(page)
    gate = []
    page.route("**/media/uploads/*/?offset=0", lambda route: gate.append(route))
    choose(page, ("a.jpg", "image/jpeg", pictures.jpeg()))
    page.get_by_text("上传0%").wait_for()
    fill_and_submit(page)
    page.get_by_text("传完就提交").wait_for()
    assert Visit.objects.count() == 0
    gate[0].continue_()
    page.wait_for_url(re.compile(r"/visits/\d+/$"))
    assert Media.objects.get().visit == Visit.objects.get()
