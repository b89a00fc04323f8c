from django import template

from homevisit.demo.logins import sign_in_help

register = template.Library()
register.simple_tag(sign_in_help, name="demo_logins")
