"""Requests by the hundred thousand, made by PostgreSQL.

Their customers, representatives and history come with them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.errors import InsufficientPrivilege

from bench.databases import Database

BATCH_SIZE = 5_000
SUPPORT = range(1, 51)
HEAVY = 51  # the one customer who has 2% of all requests
FIRST_CUSTOMER = 52
EACH = 20  # requests of every other customer

USERS = """
INSERT INTO gasutil_user (id, username, email, first_name, last_name, password, phone_number,
    address, user_type,
                          is_superuser, is_staff, is_active, is_approved, email_confirmed,
                              date_joined, language, muted_notices)
SELECT i, 'user' || i, 'user' || i || '@example.com', 'First' || i, 'Last' || i, '!' ||
    md5(i::text), '+91789' || to_char(i, 'FM0000000'),
       i || ', Green Valley, Pune - 411001', CASE WHEN i < %(heavy)s THEN 'support' ELSE 'customer'
           END,
       false, i < %(heavy)s, true, i < %(heavy)s, true, now(), 'en', '[]'
FROM generate_series(1, %(users)s) i
"""
# `a` and `b` are pseudo-random and the same in every run; `OFFSET 0` computes them once for each
# row, not for each use.
REQUESTS = """
INSERT INTO gasutil_servicerequest (id, reference, request_type, description, address, details,
    status, priority, is_emergency,
    safety_instructions, customer_id, assigned_to_id, created_at, updated_at, resolved_at,
        respond_by, resolve_by, version,
    schema_version, milestones, due_at, escalate_at, filed_as)
SELECT i, 'SR-' || to_char((i * 387420489) %% 1000000000, 'FM000"-"000"-"000'), request_type.code,
       format('%%s since %%s o''clock %%s. Meter %%s.',
              (ARRAY['Smell of gas', 'No gas', 'Low pressure', 'Bill too high',
                  'Pilot light goes out', 'Meter hums'])[1 + a %% 6],
              1 + b %% 24,
              (ARRAY['in the kitchen', 'behind the stove', 'at the main valve', 'in the yard',
                  'near the heater'])[1 + b %% 5], to_char(a %% 1000000, 'FM000000')),
       a %% 500 || ', ' || (ARRAY['Green Valley, Pune - 411001',
           'Sunrise Apartments, Bengaluru - 560095'])[1 + b %% 2], '{}',
       state.status, CASE WHEN request_type.is_emergency THEN 'emergency' ELSE (ARRAY['low',
           'normal', 'normal', 'high'])[1 + b %% 4] END,
       request_type.is_emergency, request_type.safety_instructions,
       CASE WHEN i %% 50 = 0 THEN %(heavy)s ELSE %(first_customer)s + (i - i / 50 - 1) %%
           %(customers)s END,
       CASE WHEN state.status <> 'pending' THEN 1 + a %% 50 END,
       filed, filed + interval '1 hour', CASE WHEN state.status = 'resolved' THEN filed + interval
           '1 hour' END,
       filed + interval '1 day', filed + interval '30 days', 3, request_type.version,
           clocks.milestones, clocks.due, CASE WHEN clocks.due > now() THEN clocks.due END, ''
FROM generate_series(%(first)s::bigint, %(last)s::bigint) i
CROSS JOIN LATERAL (SELECT ('x' || substr(md5(i::text), 1, 7))::bit(28)::int AS a, ('x' ||
    substr(md5(i::text), 8, 7))::bit(28)::int AS b,
                           now() - (%(size)s - i) * interval '1 minute' AS filed OFFSET 0) dice
CROSS JOIN LATERAL (SELECT (string_to_array(
    'pending pending pending pending pending in_progress in_progress in_progress in_progress '
    'in_progress '
    'on_hold on_hold resolved resolved resolved resolved resolved resolved resolved cancelled',
        ' '))[1 + b %% 20] AS status) state
JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS number, count(*) OVER () AS types FROM
    gasutil_requesttype) request_type ON number = a %% types
CROSS JOIN LATERAL (SELECT CASE WHEN state.status NOT IN ('resolved', 'cancelled') THEN now() + (b
    %% 20000 - 2000) * interval '1 minute' END AS due,
    jsonb_agg(jsonb_build_object('name', name, 'label', label, 'minutes', minutes, 'calendar',
        NULL, 'due_at', filed + minutes * interval '1 minute',
        'met_at', NULL, 'stopped_at', NULL, 'escalations', 0, 'escalate_at', NULL)) AS milestones
    FROM jsonb_to_recordset(request_type.limits) AS one(name text, label text, minutes int)) clocks
"""
UPDATES = """
INSERT INTO gasutil_requestupdate (id, event, subject, notes, is_internal, previous_status,
    channel, status, priority, resolved_at, respond_by,
    resolve_by, version, history_date, history_type, assigned_to_id, history_user_id, request_type,
        changed)
SELECT r.id, (ARRAY['request.created', 'request.assigned', CASE WHEN r.status = 'pending' THEN
    'request.commented' ELSE 'request.status_changed' END])[k], '',
       (ARRAY['', '', 'The technician has been told and will ring before coming.'])[k], k = 3 AND
           r.status = 'pending' AND r.id %% 5 = 0,
       CASE WHEN k > 1 THEN 'pending' END, 'api', CASE WHEN k = 3 THEN r.status ELSE 'pending' END,
           r.priority,
       CASE WHEN k = 3 THEN r.resolved_at END, r.respond_by, r.resolve_by, k, r.created_at + (k -
           1) * interval '30 minutes',
       CASE WHEN k = 1 THEN '+' ELSE '~' END, CASE WHEN k > 1 THEN r.assigned_to_id END, CASE WHEN
           k = 1 THEN r.customer_id ELSE 1 + r.id %% 50 END,
       r.request_type, CASE WHEN k = 2 AND r.assigned_to_id IS NOT NULL THEN 'assigned_to' WHEN k =
           3 AND r.status <> 'pending' THEN 'status' ELSE '' END
FROM gasutil_servicerequest r CROSS JOIN generate_series(1, 3) k WHERE r.id BETWEEN %(first)s AND
    %(last)s ORDER BY k, r.id
"""
GRANTS = """
INSERT INTO gasutil_servicerequestuserpermission (content_object_id, permission_id, user_id)
SELECT r.id, p.id, r.customer_id
FROM gasutil_servicerequest r
JOIN auth_permission p ON p.codename IN ('view_servicerequest', 'change_servicerequest')
WHERE r.id BETWEEN %(first)s AND %(last)s ORDER BY r.id, p.id
"""
NEXT_IDS = """
SELECT setval(pg_get_serial_sequence('gasutil_user', 'id'), (SELECT max(id) FROM gasutil_user)),
       setval(pg_get_serial_sequence('gasutil_servicerequest', 'id'), (SELECT max(id) FROM
           gasutil_servicerequest))
"""


def customers(size: int) -> range:
    """Return the ids of the customers with 20 requests each, without the heavy customer."""
    return range(FIRST_CUSTOMER, FIRST_CUSTOMER + size * 98 // 100 // EACH)


def fill(database: Database, done: Callable[[int], None]) -> None:
    """Migrate a database and fill it.

    `done` gets the number of requests that each step has added.
    """
    database.manage("migrate", "-v0")
    size, known = database.size, customers(database.size)
    values = {
        "size": size,
        "heavy": HEAVY,
        "first_customer": FIRST_CUSTOMER,
        "customers": len(known),
        "users": known[-1],
    }
    with psycopg.connect(database.url, autocommit=True) as connection:
        connection.execute(USERS, values)
        for first in range(1, size + 1, BATCH_SIZE):
            last = min(first + BATCH_SIZE - 1, size)
            for statement in (REQUESTS, UPDATES, GRANTS):
                connection.execute(statement, values | {"first": first, "last": last})
            done(last - first + 1)
        connection.execute(NEXT_IDS)
        with connection.cursor() as cursor, without_trigrams(cursor):
            database.manage(
                "shell",
                "--no-imports",
                "-c",
                "from gasutil.search import index; index.fill_index()",
            )
        settle(connection)


@contextmanager
def without_trigrams(cursor: Any) -> Iterator[None]:
    """Drop the trigram index of search while the block runs.

    Built at once, as by `migrate`, it takes a tenth of the time.
    """
    cursor.execute("SELECT pg_get_indexdef('search_entry_texts'::regclass)")
    (definition,) = cursor.fetchone()
    cursor.execute("DROP INDEX search_entry_texts")
    yield
    cursor.execute(definition)


def settle(connection: psycopg.Connection) -> None:
    """Analyse, vacuum and checkpoint now, so that the server does not during the measurement."""
    connection.execute("VACUUM ANALYZE")
    with suppress(InsufficientPrivilege):
        connection.execute("CHECKPOINT")
