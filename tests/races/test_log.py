import pytest
from django.db import ProgrammingError, connection, transaction

from gasutil.models import RequestUpdate, ServiceRequest

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    "statement", ["UPDATE gasutil_requestupdate SET notes = 'It never happened.'", "DELETE FROM gasutil_requestupdate"]
)
def test_the_database_itself_refuses_to_change_the_log(statement: str, leak: ServiceRequest) -> None:
    with pytest.raises(ProgrammingError, match=r"The log is append-only\."), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert RequestUpdate.objects.get().notes == ""
