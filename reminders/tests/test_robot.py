"""A school's robot: the platforms' JSON, only their addresses, failures in words."""

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from core import jobs
from core.models import AuditEntry, Job
from reminders.actions.deliver import deliver
from reminders.actions.robot import (
    LONGEST,
    RobotRefused,
    is_address_of,
    remove_robot,
    run_trial,
    send_text,
    set_robot,
    shortened,
    try_robot,
)
from reminders.actions.round import start_due_rounds
from reminders.models import Delivery, RobotHook
from reminders.queries.hours import open_programmes
from reminders.queries.school_text import school_texts
from reminders.queries.trial import TRIAL
from reminders.tasks import tick
from schools.tests.factories import make_leader, make_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(settings):
    """A server in the place of both platforms; .answer is what it says next, .asked what it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.asked.append((self.path, json.loads(body)))
            server.pause.wait(server.seconds)
            status, text = server.answer
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.pause, server.seconds = threading.Event(), 0
    server.asked, server.answer = [], (200, b'{"errcode":0,"errmsg":"ok"}')
    server.address = f"http://127.0.0.1:{server.server_port}/robot/send"
    settings.ROBOT_ADDRESSES = {"wecom": server.address, "dingtalk": server.address}
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.pause.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def hook(platform, school, leader):
    return set_robot(
        school, by=leader, platform="wecom", address=f"{platform.address}?key=abc-123", secret="", is_active=True
    )


def states():
    return list(Delivery.objects.order_by("pk").values_list("state", "attempts", "error"))


def test_every_workday_the_group_is_told_once_in_numbers(pupils, hook, platform, at):
    tick()
    tick()
    assert platform.asked == [
        (
            "/robot/send?key=abc-123",
            {
                "msgtype": "text",
                "text": {
                    "content": (
                        "家访提醒（9月19日）\n1. 还有1个班3人没走访，9月30日截止。\n"
                        "2. 10月8日（还有10个工作日）截止，学校还没有报：感人故事推荐表、活动报告。"
                    )
                },
            },
        )
    ]
    at("2022-09-20 09:00")
    tick()
    assert len(platform.asked) == 2
    assert states() == [("sent", 1, "")] * 2


def test_a_link_stands_in_the_text_where_the_program_knows_its_address(pupils, school, settings):
    settings.SITE_URL = "https://jiafang.example/"
    assert school_texts([school], open_programmes())[school.pk].endswith("\n打开：https://jiafang.example/")


def test_a_school_without_anything_due_and_a_robot_that_is_off_say_nothing(programme, pupils, hook, platform, authority):
    other = make_school(authority)
    set_robot(
        other, by=make_leader(other), platform="wecom", address=f"{platform.address}?key=x", secret="", is_active=False
    )
    pupils[0].due_rows.model.objects.all().delete()
    programme.class_counts.all().delete()
    programme.deadlines.all().delete()
    tick()
    assert platform.asked == []
    assert states() == []


def test_dingtalk_is_signed_with_its_secret(school, leader, platform, at):
    hook = set_robot(
        school, by=leader, platform="dingtalk", address=f"{platform.address}?access_token=t0", secret="SEC123", is_active=True
    )
    send_text(hook, "家访提醒：试")
    asked = parse_qs(urlsplit(platform.asked[0][0]).query)
    moment = asked["timestamp"][0]
    wanted = hmac.new(b"SEC123", f"{moment}\nSEC123".encode(), hashlib.sha256).digest()
    assert asked["access_token"] == ["t0"]
    assert moment == "1663549200000"
    assert asked["sign"] == [base64.b64encode(wanted).decode()]


@pytest.mark.parametrize("answer, words", [
    ((200, b'{"errcode":93000,"errmsg":"invalid webhook url"}'), "机器人地址不对，或者机器人被移出了群。"),
    ((200, b'{"errcode":310000,"errmsg":"sign not match"}'), "安全设置不符：核对加签密钥，或者把“家访”设为关键词。"),
    ((200, b'{"errcode":4711}'), "机器人没有收下（错误码4711）。"),
    ((200, b"<html>login</html>"), "机器人的服务器答了200，没有收下。"),
    ((200, b'{"errcode":[]}'), "机器人的服务器答了200，没有收下。"),
    ((200, b"[]"), "机器人的服务器答了200，没有收下。"),
    ((200, b'{"errcode":0' + b" " * 9000 + b"}"), "机器人的服务器答了200，没有收下。"),  # no more than 4 KiB is read
    ((302, b""), "机器人的服务器答了302，没有收下。"),  # a redirect is not followed
    ((500, b"oops"), "机器人的服务器答了500，没有收下。"),
])  # fmt: skip
def test_a_refusal_is_told_in_words(hook, platform, answer, words):
    platform.answer = answer
    with pytest.raises(RobotRefused) as refused:
        send_text(hook, "家访提醒：试")
    assert str(refused.value) == words
    assert len(platform.asked) == 1


def test_a_server_that_is_away_is_told_in_words_without_the_key(hook, platform, settings, caplog):
    settings.ROBOT_ADDRESSES = {"wecom": "http://127.0.0.1:9/robot/send"}
    hook.address = "http://127.0.0.1:9/robot/send?key=abc-123"
    with pytest.raises(RobotRefused, match="没有连上机器人的服务器"):
        send_text(hook, "家访提醒：试")
    assert "abc-123" not in caplog.text


def test_a_failure_is_tried_again_and_shown_to_the_office(pupils, hook, platform, client, leader, at):
    platform.answer = (200, b'{"errcode":93000}')
    for minute in (0, 5, 11, 22, 40):
        at(f"2022-09-19 09:{minute:02d}")
        tick()
    assert states() == [("failed", 3, "机器人地址不对，或者机器人被移出了群。")]
    client.force_login(leader, backend="schools.backends.StaffBackend")
    page = client.get("/reminders/robot/").content.decode()
    assert "机器人地址不对，或者机器人被移出了群。" in page
    assert "abc-123" not in page


def test_a_worker_that_dies_while_sending_says_nothing_twice(pupils, hook, platform, client, leader, at):
    start_due_rounds()
    Delivery.objects.update(attempts=1)
    at("2022-09-19 09:30")
    deliver()
    assert platform.asked == []
    client.force_login(leader, backend="schools.backends.StaffBackend")
    assert "发到一半断了，到群里看看。" in client.get("/reminders/robot/").content.decode()


def test_a_school_with_very_much_to_do_keeps_no_group_waiting(pupils, school, hook, platform, monkeypatch):
    monkeypatch.setattr("reminders.actions.deliver.school_texts", lambda schools, programmes: {school.pk: "家访" * 2000})
    tick()
    assert len(Delivery.objects.get().text) == 1000
    assert states() == [("sent", 1, "")]


def test_a_line_that_was_taken_and_not_answered_is_not_said_again(pupils, hook, platform, at, monkeypatch):
    monkeypatch.setattr("reminders.actions.robot.TIMEOUT", (1, 0.2))
    platform.seconds = 2
    tick()
    platform.seconds = 0
    at("2022-09-19 11:00")
    tick()
    assert len(platform.asked) == 1
    assert states() == [("claimed", 1, "机器人的服务器没有回答，不知道发到了没有，到群里看看。")]


def test_a_slow_mail_server_does_not_keep_the_groups_waiting(pupils, head, hook, platform, monkeypatch, settings):
    head.email = "chenxiao@example.com"
    head.save()
    start_due_rounds()
    order = []
    monkeypatch.setattr("reminders.actions.deliver._send", lambda row, connection: order.append(row.channel) or 0)
    deliver()
    assert order == ["robot", "mail"]


@pytest.mark.sqlite  # what a form says is made in Python: once is enough
@pytest.mark.parametrize("address", [
    "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=1",
    "https://qyapi.weixin.qq.com@127.0.0.1/cgi-bin/webhook/send?key=1", "https://127.0.0.1/cgi-bin/webhook/send?key=1",
    "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=1", "https://qyapi.weixin.qq.com/other?key=1",
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "https://oapi.dingtalk.com/robot/send?access_token=1",
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1#x", "file:///etc/passwd", "https://[/", "",
])  # fmt: skip
def test_SEC_only_the_platforms_own_address_is_taken(school, leader, client, address):
    assert not is_address_of("wecom", address)
    client.force_login(leader, backend="schools.backends.StaffBackend")
    answer = client.post("/reminders/robot/", {"platform": "wecom", "address": address, "is_active": "on"})
    assert answer.status_code == 422
    assert not RobotHook.objects.exists()


def test_the_platforms_own_address_is_taken():
    assert is_address_of("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=6-7-8")
    assert is_address_of("dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abc")


def test_SEC_an_address_that_was_stored_otherwise_is_not_called(hook, platform):
    hook.address = "http://127.0.0.1:1/other?key=1"
    with pytest.raises(RobotRefused, match="不是这个平台的"):
        send_text(hook, "家访提醒：试")


def test_a_long_text_is_cut_between_characters():
    text = shortened("家" * 2000)
    assert len(text.encode()) <= LONGEST
    assert set(text) == {"家"}


# ── The page ──


def test_the_office_sets_tries_changes_and_removes_a_robot(
    programme, school, leader, platform, client, django_capture_on_commit_callbacks
):
    client.force_login(leader, backend="schools.backends.StaffBackend")
    fields = {"platform": "wecom", "address": f"{platform.address}?key=abc-123", "is_active": "on"}
    for _ in range(2):
        assert client.post("/reminders/robot/", fields).status_code == 302
    hook = RobotHook.objects.get()
    page = client.get("/reminders/robot/").content.decode()
    assert "现在的地址不再显示" in page
    assert "abc-123" not in page

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/reminders/robot/{hook.pk}/try/")
    assert answer["Location"] == f"/reminders/robot/?school={school.pk}#trial"
    assert "发出去了，到群里看看" in client.get("/reminders/robot/").content.decode()
    assert platform.asked[0][1]["text"]["content"].startswith("家访提醒：")

    client.post("/reminders/robot/", {"platform": "wecom", "address": ""})  # the address is kept
    hook.refresh_from_db()
    assert (hook.address, hook.is_active) == (f"{platform.address}?key=abc-123", False)

    assert client.post(f"/reminders/robot/{hook.pk}/remove/").status_code == 302
    assert client.post(f"/reminders/robot/{hook.pk}/remove/").status_code == 404
    found = list(AuditEntry.objects.filter(action__startswith="robot.").order_by("pk").values_list("action", flat=True))
    assert found == ["robot.set", "robot.set", "robot.try", "robot.set", "robot.remove"]
    assert "abc-123" not in str(list(AuditEntry.objects.values_list("facts", flat=True)))


def test_a_refused_trial_says_why(leader, hook, platform, client, django_capture_on_commit_callbacks):
    platform.answer = (200, b'{"errcode":45009}')
    client.force_login(leader, backend="schools.backends.StaffBackend")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/reminders/robot/{hook.pk}/try/")
    page = client.get(f"/reminders/robot/{hook.pk}/trial/").content.decode()
    assert "9:00试发，没有发出去</b>：机器人发得太勤，平台暂时不收。" in page
    assert "hx-get" not in page


def test_a_trial_is_sent_in_the_background_and_only_once_at_a_time(leader, school, hook, platform, client):
    colleague = make_leader(school)
    for user in (leader, leader, colleague):
        client.force_login(user, backend="schools.backends.StaffBackend")
        assert client.post(f"/reminders/robot/{hook.pk}/try/").status_code == 302
    assert platform.asked == []  # no page waits for the platform
    job = Job.objects.get(kind=TRIAL)
    assert (job.owner_id, job.args) == (leader.pk, {"hook": hook.pk})
    page = client.get("/reminders/robot/").content.decode()
    assert "正在试发" in page
    assert f'hx-get="/reminders/robot/{hook.pk}/trial/"' in page

    for _ in range(2):  # a message that came twice
        run_trial(job.pk)
    assert len(platform.asked) == 1
    assert "9:00试发</b>，发出去了，到群里看看" in client.get("/reminders/robot/").content.decode()


def test_a_trial_whose_message_was_lost_is_sent_by_the_tick(leader, hook, platform, at):
    try_robot(hook, by=leader)
    at("2022-09-19 09:03")
    jobs.requeue_stale()
    assert len(platform.asked) == 1
    assert Job.objects.get(kind=TRIAL).state == "done"


def test_a_trial_whose_worker_died_is_not_sent_twice(leader, hook, platform, at):
    job = try_robot(hook, by=leader)
    jobs.claim(job.pk)  # and dies here
    at("2022-09-19 09:03")
    jobs.requeue_stale()
    assert platform.asked == []
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "发到一半断了，不知道发到了没有，到群里看看。")
    assert try_robot(hook, by=leader).pk != job.pk  # and may be tried again


def test_a_robot_set_anew_has_not_been_tried(leader, school, hook, platform, at, client):
    run_trial(try_robot(hook, by=leader).pk)
    at("2022-09-19 10:00")
    set_robot(school, by=leader, platform="wecom", address=f"{platform.address}?key=x", secret="", is_active=True)
    client.force_login(leader, backend="schools.backends.StaffBackend")
    assert "试发</b>" not in client.get("/reminders/robot/").content.decode()


def test_a_robot_that_was_taken_away_meanwhile_is_not_called(leader, hook, platform):
    job = try_robot(hook, by=leader)
    remove_robot(hook, by=leader)
    run_trial(job.pk)
    job.refresh_from_db()
    assert (platform.asked, job.state, job.message) == ([], "failed", "机器人已经去掉了。")


def test_SEC_another_schools_robot_is_not_there_and_a_teacher_has_no_say(school, hook, authority, teacher, client):
    client.force_login(make_leader(make_school(authority)), backend="schools.backends.StaffBackend")
    assert client.post(f"/reminders/robot/{hook.pk}/try/").status_code == 404
    assert client.get(f"/reminders/robot/{hook.pk}/trial/").status_code == 404
    client.force_login(teacher, backend="schools.backends.StaffBackend")
    assert client.get("/reminders/robot/").status_code == 403


def test_SEC_a_school_one_no_longer_runs_is_not_another_one(hook, authority, leader, client):
    client.force_login(leader, backend="schools.backends.StaffBackend")
    fields = {"platform": "wecom", "address": hook.address, "is_active": ""}
    for school in (make_school(authority).pk, "x"):
        assert client.post(f"/reminders/robot/?school={school}", fields).status_code == 404
    hook.refresh_from_db()
    assert hook.is_active


def test_SEC_the_address_is_sealed_in_the_database(hook):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM reminders_robothook")
        assert "abc-123" not in cursor.fetchone()[0]


def test_the_text_to_copy_stands_on_the_page(pupils, school, leader, client):
    client.force_login(leader, backend="schools.backends.StaffBackend")
    page = client.get("/reminders/robot/").content.decode()
    assert "1. 还有1个班3人没走访，9月30日截止。" in page
    assert 'data-copy="say"' in page
