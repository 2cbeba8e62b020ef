import io

from django.core.management import call_command


def test_no_change_of_a_model_is_without_its_migration(db: None) -> None:
    told = io.StringIO()
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=told)
    assert told.getvalue() == "No changes detected\n"
