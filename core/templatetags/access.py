from django import template

from core.access import allowed

register = template.Library()


@register.simple_tag(takes_context=True)
def can(context, perm, obj=None):
    """{% can "visits.return_visit" visit as ok %}"""
    return allowed(context["request"].user, perm, obj)
