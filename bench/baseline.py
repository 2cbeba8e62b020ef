"""The baseline: a bare WSGI application that answers each call with one SQL statement.

It checks the token and returns the same responses as the API.

Nothing in Python can be faster than this on the same server and database, so the ratio to it shows
how much of a call's time is really needed. It does not check that the login is active, validates
nothing and applies no rules.
"""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

import jwt
import psycopg

KEY = bytes.fromhex(os.environ["BENCH_KEY"])
CONNECTION = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)
PERMISSIONS: dict[str, int] = dict(
    CONNECTION.execute("""
        SELECT split_part(codename, '_', 1), id
        FROM auth_permission
        WHERE codename IN ('view_servicerequest', 'change_servicerequest')
    """).fetchall()
)

REQUEST = """
    r.id,
    r.reference,
    r.request_type,
    r.description,
    r.address,
    r.details,
    r.status,
    r.priority,
    r.customer_id AS customer,
    r.assigned_to_id AS assigned_to,
    r.created_at,
    r.updated_at,
    r.resolved_at,
    r.respond_by,
    r.resolve_by,
    coalesce(r.is_open AND r.due_at < now(), false) AS is_overdue,
    r.safety_instructions,
    r.version,
    r.is_emergency,
    r.is_unverified,
    r.due_at AS next_due_at
"""
UPDATE = """
    u.history_id AS id,
    u.id AS service_request,
    u.status,
    u.previous_status,
    u.notes,
    u.is_internal,
    u.history_user_id AS author,
    u.history_date AS created_at
"""
# A customer's grants, which their requests are joined to.
GRANTED = """
    gasutil_servicerequestuserpermission AS p
    JOIN gasutil_servicerequest AS r ON r.id = p.content_object_id
"""
MINE = "p.user_id = %(user)s AND p.permission_id = %(view)s"
NEWEST = "ORDER BY r.id DESC LIMIT 20"
NEWEST_OF_MINE = "ORDER BY p.content_object_id DESC LIMIT 20"
NEWEST_UPDATES = "ORDER BY u.history_id DESC LIMIT 20"


def page(select: str) -> str:
    """Return the statement of a page of rows as JSON."""
    return f"""
        SELECT json_build_object(
            'results', coalesce(json_agg(page), '[]'),
            'next', min(page.id)
        )::text
        FROM ({select}) AS page
    """


def requests(condition: str = "true") -> str:
    """Return the statement of a page of all requests."""
    return page(f"SELECT {REQUEST} FROM gasutil_servicerequest AS r WHERE {condition} {NEWEST}")


def own_requests(condition: str = "true") -> str:
    """Return the statement of a page of a customer's requests."""
    return page(f"SELECT {REQUEST} FROM {GRANTED} WHERE {MINE} AND {condition} {NEWEST_OF_MINE}")


def single(select: str) -> str:
    """Return the statement of one row as JSON."""
    return f"SELECT row_to_json(one)::text FROM ({select}) AS one"


def with_updates(tables: str, condition: str, updates: str) -> str:
    """Return the statement of one request with those of its updates that meet a condition."""
    return single(f"""
        SELECT {REQUEST}, (
            SELECT coalesce(json_agg(line ORDER BY line.id), '[]')
            FROM (
                SELECT {UPDATE}
                FROM gasutil_requestupdate AS u
                WHERE u.id = r.id AND {updates}
            ) AS line
        ) AS updates
        FROM {tables}
        WHERE {condition} AND r.id = %(id)s::bigint
    """)


def words(text: str) -> str:
    """Return the condition that a text contains the first and the last word of the search."""
    first, last = (f"'%%' || split_part(%(q)s, ' ', {n}) || '%%'" for n in (1, -1))
    return f"{text} LIKE {first} AND {text} LIKE {last}"


FOUND = words("(e.reference || '|' || e.identity || '|' || e.public || '|' || e.internal)")
FOUND_BY_CUSTOMER = words("(e.reference || '|' || e.public)")
ENTRY_OF_ROW = "FROM gasutil_searchentry AS e WHERE e.service_request_id = r.id"
ENTRIES = f"SELECT e.service_request_id FROM gasutil_searchentry AS e WHERE {FOUND}"
UPDATES = "FROM gasutil_requestupdate AS u"
MY_REQUESTS = f"""
    SELECT p.content_object_id
    FROM gasutil_servicerequestuserpermission AS p
    WHERE {MINE}
"""


def log(event: str, notes: str, previous_status: str, history_type: str) -> str:
    """Return the statement that writes a row of history of the request `r`."""
    return f"""
        INSERT INTO gasutil_requestupdate (
            id, event, subject, notes, is_internal, previous_status, channel, status, priority,
            resolved_at, respond_by, resolve_by, version, history_date, history_type,
            assigned_to_id, history_user_id, request_type
        )
        SELECT
            r.id, {event}, '', {notes}, false, {previous_status}, 'api', r.status, r.priority,
            r.resolved_at, r.respond_by, r.resolve_by, r.version, now(), {history_type},
            r.assigned_to_id, %(user)s, r.request_type
        FROM r
    """


MILESTONES = """
    SELECT jsonb_agg(jsonb_build_object(
        'name', name,
        'label', label,
        'minutes', minutes,
        'calendar', NULL,
        'due_at', now() + minutes * interval '1 minute',
        'met_at', NULL,
        'stopped_at', NULL,
        'escalations', 0,
        'escalate_at', NULL
    ))
    FROM jsonb_to_recordset(limits) AS milestone(name text, label text, minutes int)
"""
CREATE = f"""
    WITH r AS (
        INSERT INTO gasutil_servicerequest (
            reference, request_type, description, address, details, status, priority,
            is_emergency, safety_instructions, customer_id, created_at, updated_at, version,
            schema_version, milestones, filed_as
        )
        SELECT
            substr(gen_random_uuid()::text, 1, 16), code, %(description)s, %(address)s, '{{}}',
            'pending', priority, is_emergency, safety_instructions, %(user)s, now(), now(), 1,
            version, ({MILESTONES}), ''
        FROM gasutil_requesttype
        WHERE code = %(request_type)s AND is_active
        RETURNING *
    ),
    logged AS ({log("'request.created'", "''", "NULL", "'+'")}),
    granted AS (
        INSERT INTO gasutil_servicerequestuserpermission (
            content_object_id, permission_id, user_id
        )
        SELECT r.id, unnest(ARRAY[%(view)s, %(change)s]), %(user)s
        FROM r
    )
    {single(f"SELECT {REQUEST} FROM r")}
"""
PATCH = f"""
    WITH old AS (
        SELECT id AS old_id, status AS old_status
        FROM gasutil_servicerequest
        WHERE id = %(id)s::bigint
        FOR UPDATE
    ),
    r AS (
        UPDATE gasutil_servicerequest
        SET status = %(status)s, updated_at = now(), version = version + 1
        FROM old
        WHERE id = old_id
        RETURNING *
    ),
    logged AS ({log("'request.status_changed'", "%(notes)s", "r.old_status", "'~'")})
    {single(f"SELECT {REQUEST} FROM r")}
"""
STATEMENTS = {
    "/list/customer": own_requests(),
    "/list/support": requests(),
    "/list/filtered": requests("r.status = %(status)s AND r.request_type = %(request_type)s"),
    "/list/deep": requests("r.id <= %(newest)s::bigint"),
    "/search/common": requests(f"(SELECT {FOUND} {ENTRY_OF_ROW})"),
    "/search/rare": requests(f"r.id = ANY (ARRAY({ENTRIES}))"),
    "/search/reference": requests("r.reference = %(q)s"),
    "/search/customer": own_requests(f"(SELECT {FOUND_BY_CUSTOMER} {ENTRY_OF_ROW})"),
    "/get/customer": with_updates(GRANTED, MINE, "NOT u.is_internal"),
    "/get/support": with_updates("gasutil_servicerequest AS r", "true", "true"),
    "/updates/customer": page(f"""
        SELECT {UPDATE} {UPDATES}
        WHERE u.id IN ({MY_REQUESTS}) AND NOT u.is_internal {NEWEST_UPDATES}
    """),
    "/updates/support": page(f"SELECT {UPDATE} {UPDATES} {NEWEST_UPDATES}"),
    "/create": CREATE,
    "/patch": PATCH,
}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Return the response to one call."""
    token = environ["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    user = int(
        jwt.decode(
            token,
            KEY,
            algorithms=["HS256"],
            audience=os.environ["JWT_AUDIENCE"],
            issuer=os.environ["JWT_ISSUER"],
        )["sub"]
    )
    values = {"user": user, **PERMISSIONS, **dict(parse_qsl(environ["QUERY_STRING"]))}
    if environ["REQUEST_METHOD"] != "GET":
        values |= json.loads(environ["wsgi.input"].read())
    row = CONNECTION.execute(STATEMENTS[environ["PATH_INFO"]], values).fetchone()
    content = row[0].encode() if row else b"null"
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    )
    return [content]
