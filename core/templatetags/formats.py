from django import template

from core import formats

register = template.Library()

for name in ("day", "clock", "instant", "thousands", "headline", "mask_phone", "mask_name", "mask_national_no"):
    register.filter(name, getattr(formats, name))
register.simple_tag(formats.percent, name="percent")
register.simple_tag(formats.span, name="span")
