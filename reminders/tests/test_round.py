"""One message a person a day, at the right hour, once."""

import pytest

from reminders.actions.round import start_due_rounds
from schools.models import Message
from schools.queries.message import inbox

pytestmark = pytest.mark.django_db


def told(user):
    return [message.text for message in inbox(user)]


def test_a_teacher_is_told_in_the_morning_what_is_due(pupils, head, client, at):
    start_due_rounds()

    assert told(head) == ["还有3家没走访也没约时间；五（3）班还有3人没走访，其中3人没安排老师"]
    client.force_login(head, backend="schools.backends.StaffBackend")
    message = Message.objects.get(user=head)
    answer = client.post(f"/messages/{message.pk}/open/", follow=True)
    assert answer.redirect_chain == [("/reminders/", 302)]
    assert "还有3家没走访也没约时间" in answer.content.decode()
    assert 'href="/visits/mine/?state=waiting"' in answer.content.decode()
