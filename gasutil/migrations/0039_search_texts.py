"""Index each search entry as one text, and what identifies a request as another, so that one look finds all words of a query.

The index of single columns, which no release has used, is dropped. Entries that were built without the mark of the request's
type get one before the index is built: an update of all rows takes minutes with it.
"""

from django.db import migrations
from django.db.models import F, TextField, Value
from django.db.models.functions import Concat

from gasutil.concurrent_indexes import AddTrigramIndexOnline, DropIndexesOnline
from gasutil.search.type_names import type_mark

BATCH_SIZE = 5_000


def add_type_marks(apps, schema_editor):
    entries = apps.get_model("gasutil", "SearchEntry").objects
    for code, pk in apps.get_model("gasutil", "RequestType").objects.values_list("code", "pk"):
        mark = type_mark(pk)
        unmarked = entries.filter(service_request__request_type_id=code).exclude(reference__endswith=mark)
        while ids := list(unmarked.values_list("pk", flat=True)[:BATCH_SIZE]):
            entries.filter(pk__in=ids).update(reference=Concat(F("reference"), Value(mark), output_field=TextField()))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("gasutil", "0038_stored_bulk_previews")]

    operations = [
        DropIndexesOnline(["search_entry_trigrams"]),
        migrations.RunPython(add_type_marks, migrations.RunPython.noop, elidable=True),
        AddTrigramIndexOnline(
            "searchentry",
            "search_entry_texts",
            [["reference", "identity", "public", "internal"], ["reference", "identity"]],
        ),
    ]
