"""What must not stand in free text: the system keeps no number of an identity card."""

import re

ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def holds_id_number(text):
    return bool(ID_NUMBER.search(text))
