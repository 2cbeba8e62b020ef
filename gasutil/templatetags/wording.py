"""Formatting for templates of the console."""

from django import template

from gasutil.models.identifiers import format_phone_number

register = template.Library()
register.filter("telephone", format_phone_number)
