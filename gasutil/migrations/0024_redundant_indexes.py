"""Drop the indexes whose columns are the first ones of another index, which every query uses as well.

Django makes them for foreign keys and many-to-many tables whose unique constraint begins with the same column, and, on
PostgreSQL, a second index of each unique text for `startswith`, which no query of the service desk uses.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gasutil.concurrent_indexes import DropFieldIndexOnline, DropIndexesOnline

UNNAMED = [
    'auth_group_name_a6ea08ec_like',
    'auth_group_permissions_group_id_b120cbf9',
    'auth_permission_content_type_id_2f476e4b',
    'django_session_session_key_c0390e0f_like',
    'gasutil_calendar_name_aa3273f0_like',
    'gasutil_heartbeat_name_b2e046e3_like',
    'gasutil_historicalcalendar_name_0405afd8_like',
    'gasutil_historicalincident_reference_133461f4_like',
    'gasutil_historicalrequesttype_code_fb0208e0_like',
    'gasutil_historicalteam_name_c58ccb82_like',
    'gasutil_historicaluser_username_bb7b0bae_like',
    'gasutil_historicalwebhook_name_2b37c35e_like',
    'gasutil_incident_reference_4fb7ffce_like',
    'gasutil_requesttype_code_3baaafd9_like',
    'gasutil_servicerequest_reference_ceb17ea7_like',
    'gasutil_team_members_team_id_60bc50b6',
    'gasutil_team_name_5e08ce08_like',
    'gasutil_team_request_types_team_id_f9ee730b',
    'gasutil_user_groups_user_id_9e92bb67',
    'gasutil_user_user_permissions_user_id_96359a49',
    'gasutil_user_username_e1755aa8_like',
    'gasutil_webhook_name_22ab26d2_like',
    'gasutil_worker_id_3fa1aadd_like',
    'guardian_groupobjectpermission_group_id_4bbbfb62',
    'guardian_groupobjectpermission_permission_id_36572738',
    'guardian_userobjectpermission_permission_id_71807bfc',
    'guardian_userobjectpermission_user_id_d5c1e964',
]


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('gasutil', '0023_import_source'),
        ('guardian', '0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        DropFieldIndexOnline(
            model_name='idempotencykey',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        DropFieldIndexOnline(
            model_name='milestonelimit',
            name='request_type',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='gasutil.requesttype'),
        ),
        DropFieldIndexOnline(
            model_name='requestfield',
            name='request_type',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='fields', to='gasutil.requesttype'),
        ),
        DropFieldIndexOnline(
            model_name='requestupdate',
            name='history_user',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        DropFieldIndexOnline(
            model_name='servicerequestgrouppermission',
            name='group',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='auth.group'),
        ),
        DropFieldIndexOnline(
            model_name='servicerequestuserpermission',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        DropIndexesOnline(UNNAMED),
    ]
