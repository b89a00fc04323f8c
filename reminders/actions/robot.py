"""A school's robot in its staff group: 企业微信 and 钉钉 take the same JSON by POST and answer errcode 0.

Only the platforms' own addresses are called (settings.ROBOT_ADDRESSES), no redirect is followed, little is read.
"""

import base64
import hashlib
import hmac
import json
from functools import partial
from urllib.parse import quote_plus, urlsplit

import requests
from django.conf import settings
from django.db import transaction
from urllib3.exceptions import HTTPError

from core import jobs
from core.audit import record
from core.clock import now
from reminders.enums import Platform
from reminders.models import RobotHook
from reminders.queries.trial import TRIAL, last_trial
from reminders.tasks import try_robot as task

TIMEOUT = (3, 5)  # seconds to connect, to answer
LONGEST = 2000  # bytes of a text; 企业微信 takes 2048
MOST_READ = 4096  # bytes of an answer


class RobotRefused(Exception):
    """It was not sent. The message tells the office why, and holds neither address nor key."""


class RobotSilent(RobotRefused):
    """It was taken and not answered: nobody knows whether it stands in the group, so it is not sent again."""


def is_address_of(platform, address):
    """The platform's own, with a key after it."""
    try:
        start, found = urlsplit(settings.ROBOT_ADDRESSES[platform]), urlsplit(address)
    except ValueError:
        return False
    same = (found.scheme, found.netloc, found.path) == (start.scheme, start.netloc, start.path)
    return same and bool(found.query) and not found.fragment


def send_text(hook, text):
    """Raises RobotRefused."""
    if not is_address_of(hook.platform, hook.address):
        raise RobotRefused("机器人地址不是这个平台的，请在群里重新复制一遍。")
    body = json.dumps({"msgtype": "text", "text": {"content": shortened(text)}}, ensure_ascii=False).encode()
    try:
        with requests.post(
            _signed(hook), data=body, headers={"Content-Type": "application/json; charset=utf-8"}, timeout=TIMEOUT,
            allow_redirects=False, stream=True,
        ) as answer:
            said = answer.raw.read(MOST_READ, decode_content=True)
            status = answer.status_code
    except (requests.ReadTimeout, HTTPError) as error:
        raise RobotSilent("机器人的服务器没有回答，不知道发到了没有，到群里看看。") from error
    except requests.RequestException as error:
        raise RobotRefused("没有连上机器人的服务器，检查学校的网络。") from error
    _check(status, said)


def _check(status, said):
    try:
        code = json.loads(said).get("errcode")
    except (ValueError, AttributeError):
        code = None
    if status != 200 or not isinstance(code, int):
        raise RobotRefused(f"机器人的服务器答了{status}，没有收下。")
    if code != 0:
        raise RobotRefused(REASONS.get(code, f"机器人没有收下（错误码{code}）。"))


REASONS = {
    93000: "机器人地址不对，或者机器人被移出了群。",
    45009: "机器人发得太勤，平台暂时不收。",
    310000: "安全设置不符：核对加签密钥，或者把“家访”设为关键词。",
    300005: "机器人地址不对，或者机器人被移出了群。",
    130101: "机器人发得太勤，平台暂时不收。",
}


def _signed(hook):
    """钉钉's signature: time and secret, by HMAC-SHA256. 企业微信's key stands in its address."""
    if hook.platform != Platform.DINGTALK or not hook.secret:
        return hook.address
    moment = str(int(now().timestamp() * 1000))
    digest = hmac.new(hook.secret.encode(), f"{moment}\n{hook.secret}".encode(), hashlib.sha256).digest()
    return f"{hook.address}&timestamp={moment}&sign={quote_plus(base64.b64encode(digest))}"


def shortened(text):
    """Cut between characters, not inside one."""
    return text.encode()[:LONGEST].decode(errors="ignore")


def set_robot(school, *, by, platform, address, secret, is_active):
    """Put a school's robot in place, or change it. The log tells that, never the address."""
    hook, _ = RobotHook.objects.update_or_create(
        school=school,
        defaults={
            "platform": platform, "address": address, "secret": secret, "is_active": is_active, "set_by": by, "set_at": now(),
        },
    )  # fmt: skip
    record(
        hook, "robot.set", by=by, authority_id=school.authority_id, school_id=school.pk, platform=str(platform),
        active=is_active,
    )  # fmt: skip
    return hook


def remove_robot(hook, *, by):
    record(hook, "robot.remove", by=by, authority_id=hook.school.authority_id, school_id=hook.school_id)
    hook.delete()


@transaction.atomic
def try_robot(hook, *, by):
    """A line at once, whatever the hour, sent in the background: the office looks whether it arrives. While one is on
    its way there is no second one."""
    RobotHook.objects.select_for_update(of=("self",)).get(pk=hook.pk)
    job = last_trial(hook)
    if job is not None and job.is_open:
        return job
    school = hook.school
    job = jobs.create(
        TRIAL, label="试发一条到群里", by=by, authority_id=school.authority_id, school_id=school.pk, hook=hook.pk
    )
    record(hook, "robot.try", by=by, authority_id=school.authority_id, school_id=school.pk, job=job.pk)
    transaction.on_commit(partial(jobs.send, task, job.pk))
    return job


def run_trial(job_id):
    """The worker's side of try_robot()."""
    with jobs.running(job_id) as job:
        if job is None:
            return
        if job.attempts > 1:  # a worker died while it sent
            raise jobs.JobFailed("发到一半断了，不知道发到了没有，到群里看看。")
        hook = RobotHook.objects.filter(pk=job.args["hook"]).first()
        if hook is None:
            raise jobs.JobFailed("机器人已经去掉了。")
        try:
            send_text(hook, "家访提醒：机器人接好了。以后每个工作日在这里发一条，只说数字，不说名字。")
        except RobotRefused as error:
            raise jobs.JobFailed(str(error)) from error
        jobs.finish(job, message="发出去了，到群里看看")
