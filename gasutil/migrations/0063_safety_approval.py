"""The safety text of a type that was approved last, which customers see until a newer one is approved.

On an installation that is upgraded, the texts in use count as approved; those that are still marked as samples stay on the list
of texts to approve.
"""

from django.db import migrations, models
from django.utils import timezone

from gasutil.concurrent_indexes import AddFieldOnline

SAMPLE_TEXT = 'SAMPLE TEXT, to be approved by the operator.'


def approve_texts_in_use(apps, schema_editor):
    for row in apps.get_model('gasutil', 'RequestType').objects.exclude(safety_instructions=''):
        texts = {code: texts['safety_instructions'] for code, texts in row.translations.items() if texts.get('safety_instructions')}
        row.approved_safety = {'text': row.safety_instructions, 'translations': texts, 'version': row.version}
        if row.safety_approved_at is None and not row.safety_instructions.startswith(SAMPLE_TEXT):
            row.safety_approved_at = timezone.now()
        row.save(update_fields=['approved_safety', 'safety_approved_at'])


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0062_lost_leaves'),
    ]

    operations = [
        AddFieldOnline(
            model_name='historicalrequesttype',
            name='approved_safety',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, help_text='The safety text that was approved last: `text`, `translations`, `version`.'),
        ),
        AddFieldOnline(
            model_name='requesttype',
            name='approved_safety',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, help_text='The safety text that was approved last: `text`, `translations`, `version`.'),
        ),
        migrations.RunPython(approve_texts_in_use, migrations.RunPython.noop, elidable=True),
    ]
