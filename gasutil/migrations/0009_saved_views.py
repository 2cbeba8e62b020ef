"""Saved views, and the indexes that figures and the search go by.

The search for people has its own on PostgreSQL: a part of a name anywhere in it, and a telephone number from its end.
"""

from typing import Any

import django.core.validators
import django.db.models.deletion
import gasutil.models.saved_views
from django.conf import settings
from django.db import migrations, models

CREATE = [
    """
    CREATE INDEX user_search ON gasutil_user
    USING gin (upper(first_name) gin_trgm_ops, upper(last_name) gin_trgm_ops, upper(username) gin_trgm_ops, upper(email) gin_trgm_ops)
    """,
    "CREATE INDEX user_phone_end ON gasutil_user (reverse(phone_number) text_pattern_ops)",
]
DROP = ["DROP INDEX user_search", "DROP INDEX user_phone_end"]


def on_postgresql(statements: list[str]) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        for statement in statements if schema_editor.connection.vendor == "postgresql" else []:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):

    dependencies = [
        ('gasutil', '0008_teams'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, validators=[django.core.validators.ProhibitNullCharactersValidator()])),
                ('is_shared', models.BooleanField(default=False, help_text='Every representative sees it.', verbose_name='shared')),
                ('query', models.CharField(blank=True, max_length=1000, validators=[gasutil.models.saved_views.validate_query])),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Those with a lower one come first.')),
            ],
            options={
                'ordering': ['position', 'name', 'pk'],
                'permissions': [('share_savedview', 'Can share saved views with every representative')],
            },
        ),
        migrations.AddIndex(
            model_name='servicerequest',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['assigned_to', 'request_type', 'urgency', 'status', 'due_at'], name='request_open'),
        ),
        migrations.AddIndex(
            model_name='servicerequest',
            index=models.Index(condition=models.Q(('is_open', False)), fields=['-updated_at', '-id'], name='request_closed'),
        ),
        migrations.AddIndex(
            model_name='servicerequest',
            index=models.Index(condition=models.Q(('resolved_at__isnull', False)), fields=['resolved_at', 'resolve_by'], name='request_resolved'),
        ),
        migrations.AddField(
            model_name='savedview',
            name='owner',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('owner', 'name'), name='saved_view_name', violation_error_message='You have a view of this name.'),
        ),
        migrations.RunPython(on_postgresql(CREATE), on_postgresql(DROP)),
    ]
