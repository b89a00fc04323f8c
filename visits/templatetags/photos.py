"""What the photo parts of a page need and their page does not hand over."""

from django import template

from students.enums import Relation
from students.queries.consent import photo_consent as consent_of

register = template.Library()

WHO = [
    (Relation.MOTHER, "妈妈"),
    (Relation.FATHER, "爸爸"),
    (Relation.PATERNAL_GRANDPARENT, "爷爷奶奶"),
    (Relation.MATERNAL_GRANDPARENT, "外公外婆"),
    (Relation.OTHER, "其他人"),
]


@register.simple_tag
def photo_consent(student):
    """{% photo_consent pupil as consent %}: the consent that stands, the one taken back last, or None."""
    return consent_of(student) if student else None


@register.simple_tag
def who_agreed():
    """Choices of who said yes, as the record form calls them."""
    return WHO


@register.filter
def said_by(consent):
    """妈妈, or 家长 where nobody was named"""
    return dict(WHO).get(consent.relation, "家长")


@register.filter
def all_ready(tiles):
    """Whether everything sent has been looked at and some of it kept."""
    return any(tile.thumb for tile in tiles or [])
