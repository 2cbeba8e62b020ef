"""How the console says things, for templates."""

from django import template

from gasutil.admin.wording import telephone

register = template.Library()
register.filter(telephone)
