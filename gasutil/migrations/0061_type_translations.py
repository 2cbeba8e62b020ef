"""Translations of the texts of request types, and of the safety text of a request."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0060_bulk_join'),
    ]

    operations = [
        AddFieldOnline(
            model_name='historicalrequesttype',
            name='translated_from',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, help_text='The digest of the text that each translation was made from.'),
        ),
        AddFieldOnline(
            model_name='historicalrequesttype',
            name='translations',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, help_text='Translated texts by language and path; see `type_texts.py`.'),
        ),
        AddFieldOnline(
            model_name='requesttype',
            name='translated_from',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, help_text='The digest of the text that each translation was made from.'),
        ),
        AddFieldOnline(
            model_name='requesttype',
            name='translations',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, help_text='Translated texts by language and path; see `type_texts.py`.'),
        ),
        AddFieldOnline(
            model_name='servicerequest',
            name='safety_translations',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, help_text='The safety text in other languages.'),
        ),
    ]
