"""Getting ready in the demonstration: meetings with who came, signatures under the code, a few portraits."""

from datetime import timedelta
from random import Random

from homevisit.demo.pupils import morning
from programmes.models import Attendance, ConductSignature, Event
from schools.models import School
from students.enums import Aspect, NoteSource
from students.models import PortraitNote

CAME, SIGNED, PORTRAYED = 0.93, 0.9, 0.3
MEETINGS = (  # kind, days before the first day of visits, place, minutes, materials, guests
    (
        "mobilisation", 9, "阶梯教室", "说明了时间、对象和分工，各班领到名单，优先学生先走。\n晚上去的，两人同行。",
        "走访方案\n分工表", 0,
    ),
    (
        "training", 6, "会议室", "前半场讲怎么开口、怎么夸，后半场两人一组练习。\n约定：家里的事不外传。",
        "沟通案例三则\n守则", 0,
    ),
)  # fmt: skip
COMING = ("exchange", 6, "图书馆")  # days from today
FACTS = {
    Aspect.STRENGTHS: (
        "手很巧，会修自行车链条", "作文《外婆的菜园》在班里读过", "主动借书给同桌", "运动会报了800米，跑完了全程",
        "吹竖笛，音很准", "给一年级新生当小向导，很耐心",
    ),
    Aspect.FAMILY: ("爷爷奶奶接送，父母每周视频两次", "和外婆住，周末爸爸来接", "妈妈上夜班，早饭自己热"),
    Aspect.STUDY: ("数学跟得上，应用题会画图", "英语断过一年，听写要补", "作业按时交，订正常常忘", "早读声音大，默写进步快"),
    Aspect.MIND: ("话少，愿意和体育老师聊", "近来睡得晚，上午第一节犯困", "考前会紧张，说出来就好些"),
    Aspect.PEERS: ("课间常一个人，足球小组愿意收", "和前后桌一起做值日，分工清楚", "能劝架，同学愿意听"),
    Aspect.LIFE: ("每天自己整理书包，会炒番茄蛋", "主动留下来擦黑板", "在家负责喂猫和倒垃圾"),
}  # fmt: skip


def prepare(programme, staff, pupils, *, today, running):
    """For one programme at all of its schools; portraits for the pupils of a running one."""
    rng = Random(f"{programme.code} ready")
    schools = School.objects.in_bulk(list(staff))
    for pk, crew in staff.items():
        _meetings(rng, programme, schools[pk], crew, today=today, running=running)
        _signatures(rng, programme, schools[pk], crew)
    if running:
        _portraits(rng, pupils, staff, today=today)


def _people(crew):
    return list({user.pk: user for user in [*crew.visitors, crew.psych] if user}.values())


def _meetings(rng, programme, school, crew, *, today, running):
    known = {event.code: event.label for event in programme.rules.events}
    place = {"programme": programme, "authority_id": programme.authority_id, "school": school, "created_by": crew.leader}
    for kind, before, room, minutes, materials, guests in MEETINGS:
        day = programme.starts_on - timedelta(days=before)
        topics = programme.rules.training.topics if kind == "training" else []
        event = Event.objects.create(
            **place, kind=kind, title=known[kind], held_on=day, place=room, speaker=crew.leader.name, minutes=minutes,
            materials=materials, guests=guests, topics=topics, created_at=morning(day),
        )  # fmt: skip
        Attendance.objects.bulk_create(
            Attendance(event=event, school=school, user=user, marked_by=crew.leader, marked_at=morning(day))
            for user in _people(crew)
            if rng.random() < CAME
        )
    if running:
        kind, later, room = COMING
        Event.objects.create(
            **place, kind=kind, title=known[kind], held_on=today + timedelta(days=later), place=room,
            created_at=morning(today - timedelta(days=3)),
        )  # fmt: skip


def _signatures(rng, programme, school, crew):
    version = programme.rules.conduct.version
    ConductSignature.objects.bulk_create(
        ConductSignature(
            programme=programme, user=user, school=school, version=version,
            signed_at=morning(programme.starts_on - timedelta(days=rng.randint(1, 5))),
        )
        for user in _people(crew)
        if rng.random() < SIGNED
    )  # fmt: skip


def _portraits(rng, pupils, staff, *, today):
    rows = []
    for pupil in pupils:
        place = pupil.place_on(today)
        if place is None or rng.random() >= PORTRAYED:
            continue
        head = staff[place.school_id].head_of(place)
        for aspect in rng.sample(list(FACTS), rng.randint(2, 5)):
            day = max(today - timedelta(days=rng.randint(3, 60)), pupil.enrolments[-1].starts_on)
            rows.append(
                PortraitNote(
                    student=pupil.student, aspect=aspect, text=rng.choice(FACTS[aspect]), observed_on=day,
                    source=rng.choice((NoteSource.SCHOOL, NoteSource.SCHOOL, NoteSource.TALK, NoteSource.CALL)),
                    written_by=head, created_at=morning(day),
                )
            )  # fmt: skip
    PortraitNote.objects.bulk_create(rows)
