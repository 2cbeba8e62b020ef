"""Answers that mean danger, and which safety text a request shows.

The questions of the default emergency types are marked, as far as managers still have them, and so are the open requests that
they belong to: these come first among emergencies.
"""

from django.db import migrations, models

import gasutil.models.fields
from gasutil.concurrent_indexes import AddFieldOnline, AddIndexOnline, RemoveIndexOnline

BATCH_SIZE = 500
MARKS = {
    'gas_leak_inspection': {'signs': ['co_alarm', 'fire'], 'everyone_out': ['false'], 'people_unwell': ['true']},
    'third_party_damage': {
        'gas_escaping': ['burning'], 'cause': ['fire'], 'people_hurt': ['true'], 'area_cleared': ['false'],
    },
}


def mark_questions(apps, schema_editor):
    fields = apps.get_model('gasutil', 'RequestField').objects
    for code, questions in MARKS.items():
        for name, answers in questions.items():
            for row in fields.filter(request_type__code=code, name=name, danger_answers=''):
                row.danger_answers = '\n'.join(answer for answer in answers if _can_be(row, answer))
                row.save(update_fields=['danger_answers'])


def _can_be(row, answer):
    if row.kind == 'yes_no':
        return answer in ('true', 'false')
    return answer in [line.partition(':')[0].strip() for line in row.choices.splitlines()]


def mark_requests(apps, schema_editor):
    requests = apps.get_model('gasutil', 'ServiceRequest').objects
    for code in MARKS:
        rows = apps.get_model('gasutil', 'RequestField').objects.filter(request_type__code=code).exclude(danger_answers='')
        marks = {row.name: set(row.danger_answers.splitlines()) for row in rows}
        answering = models.Q(request_type_id=code, filed_as='') | models.Q(filed_as=code)
        open_requests, last = requests.filter(answering, is_open=True).order_by('pk'), 0
        while batch := list(open_requests.filter(pk__gt=last).values_list('pk', 'details')[:BATCH_SIZE]):
            found = [pk for pk, details in batch if any(_is_danger(details.get(name), marks[name]) for name in marks)]
            requests.filter(pk__in=found).update(has_danger=True)
            last = batch[-1][0]


def _is_danger(answer, values):
    answers = answer if isinstance(answer, list) else [str(answer).lower() if isinstance(answer, bool) else answer]
    return not values.isdisjoint(answers)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0053_unused_text_indexes'),
    ]

    operations = [
        AddFieldOnline(
            model_name='requestfield',
            name='danger_answers',
            field=gasutil.models.fields.TextField(blank=True, db_default='', default='', help_text='A request with such an answer comes first, and a red banner names it.', verbose_name='answers that mean danger'),
        ),
        AddFieldOnline(
            model_name='servicerequest',
            name='has_danger',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='Whether an answer means danger, by the current marks of its questions.', verbose_name='danger'),
        ),
        AddFieldOnline(
            model_name='servicerequest',
            name='safety_language',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='The language in which it was shown.', max_length=16),
        ),
        AddFieldOnline(
            model_name='servicerequest',
            name='safety_type',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='The type whose safety text was shown. Empty in older rows, and without a text.', max_length=64),
        ),
        AddFieldOnline(
            model_name='servicerequest',
            name='safety_version',
            field=models.PositiveIntegerField(editable=False, help_text='The version of that type.', null=True),
        ),
        AddIndexOnline(
            model_name='servicerequest',
            index=models.Index(fields=['urgency', 'has_danger', 'id'], name='request_urgency_danger'),
        ),
        AddIndexOnline(
            model_name='servicerequest',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['-is_emergency', '-urgency', '-has_danger', 'queue_at', '-id'], name='request_danger_first'),
        ),
        RemoveIndexOnline(
            model_name='servicerequest',
            name='request_first',
        ),
        migrations.RunPython(mark_questions, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(mark_requests, migrations.RunPython.noop, elidable=True),
    ]
