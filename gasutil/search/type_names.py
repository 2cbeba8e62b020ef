"""Find requests by the name of their type.

The index has a mark of the type, not its name: a type can be renamed at any time.
"""

from gasutil.models import RequestType
from gasutil.search.normalise import index_text
from gasutil.search.terms import Query, Term


def type_mark(pk: int) -> str:
    """Return the text that the index has for requests of a type.

    It is in capitals, which no query has, and its trigrams are rare.
    """
    return f" XT{pk}X"


def resolve_type_names(query: Query) -> Query:
    """Return a query with the marks of types added to its terms.

    A term gets the mark of each type whose name has the term at the beginning of a word. The mark
    is a further spelling of the term.
    """
    if not query.readings:
        return query
    names = {
        type_mark(pk): index_text(name)
        for pk, name in RequestType.objects.order_by().values_list("pk", "name")
    }
    return query._replace(
        readings=[[(*term, *_marks(term, names)) for term in reading] for reading in query.readings]
    )


def _marks(term: Term, names: dict[str, str]) -> list[str]:
    """Return the marks of the types that a term names.

    One or two letters, which have a space before them, name none.
    """
    words = [f" {spelling}" for spelling in term if not spelling.startswith(" ")]
    return [mark for mark, name in names.items() if any(word in name for word in words)]
