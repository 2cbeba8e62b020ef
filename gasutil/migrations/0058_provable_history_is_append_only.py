"""The triggers of the provable history; an erasure takes the salt of a leaf."""

from django.db import migrations

from gasutil.history_triggers import MakeAppendOnly, ReplaceTriggerFunction


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0057_provable_history'),
    ]

    operations = [
        ReplaceTriggerFunction(),
        MakeAppendOnly('Leaf', erasable=('salt', 'digests')),
        MakeAppendOnly('TreeNode'),
        MakeAppendOnly('LogStatement'),
        MakeAppendOnly('Checkpoint'),
        MakeAppendOnly('Cosignature'),
    ]
