"""Django's PostgreSQL engine, with three changes that every call gains from.

psycopg's C loader reads times. A connection of the pool is tested with a query only if its socket
has something to read. A statement is prepared if its code asks for it (`prepared_cursor`).
"""

import datetime as dt
import select
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.db.backends.postgresql import base, operations, psycopg_any
from psycopg import Error, adapters
from psycopg.abc import Loader
from psycopg.adapt import AdaptersMap
from psycopg.postgres import types
from psycopg.pq import Format
from psycopg_pool import ConnectionPool

TIMESTAMPTZ_OID = types["timestamptz"].oid
FAST_LOADER: Any = adapters.get_loader(TIMESTAMPTZ_OID, Format.TEXT)
ONLY_IF_ASKED = 10**9  # uses, after which psycopg prepares any statement; `None` would forbid all


class UtcLoader:
    """Reads times with psycopg's loader; the sessions of Django are in UTC.

    Django's own loader is Python and takes 0.35 ms of a page of 20 requests. Django asks for the
    `timezone` of a loader, which the class in C does not have and can't be given.
    """

    format = Format.TEXT
    timezone = dt.UTC

    def __init__(self, oid: int, context: Any = None) -> None:
        fast: Loader = FAST_LOADER(oid, context)
        self.load = fast.load


@lru_cache
def adapters_with_fast_times(timezone: dt.tzinfo | None) -> AdaptersMap:
    """Return Django's adapters, with the loader for times in UTC."""
    known = AdaptersMap(psycopg_any.get_adapters_template(settings.USE_TZ, timezone))
    if timezone == UtcLoader.timezone:
        known.register_loader("timestamptz", UtcLoader)
    return known


class PreparedCursor(base.ServerBindingCursor):
    """A cursor whose statements are prepared: a connection plans each of them once."""

    def execute(self, query: Any, params: Any = None) -> Any:
        """Run a prepared statement; `DATABASE_PREPARE` switches preparing off."""
        run: Any = super()  # Django's types have no methods of cursors
        return run.execute(query, params, prepare=settings.DATABASE_PREPARE)


class DatabaseOperations(operations.DatabaseOperations):
    """Django's operations; the log of queries shows prepared statements with their values."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """Return a query with its values."""
        if isinstance(cursor, PreparedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL."""

    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        """Return the parameters of a connection, with the faster loader."""
        params: dict[str, Any] = super().get_connection_params()
        params["context"] = adapters_with_fast_times(self.timezone)
        if params["prepare_threshold"] is None:
            params["prepare_threshold"] = ONLY_IF_ASKED if settings.DATABASE_PREPARE else None
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection of the pool that works."""
        connection = super().get_new_connection(conn_params)
        while self.pool and not is_usable(connection):
            connection.close()  # the pool replaces a closed one
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection

    def prepared_cursor(self) -> Any:
        """Return a cursor for statements whose plan no value can change.

        It counts and logs queries as every cursor of Django does.
        """
        wrapper, cursor = cast("Any", self), cast("Any", PreparedCursor)
        wrapper.ensure_connection()
        with wrapper.wrap_database_errors:
            return wrapper._prepare_cursor(cursor(wrapper.connection))


def is_usable(connection: Any) -> bool:
    """Return whether a connection from the pool works.

    A server that ends or restarts closes the socket. So the server is asked, which takes a round
    trip, only if there is something to read.
    """
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLPRI)
    if not poll.poll(0):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except Error:
        return False
    return True
