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
    coalesce(r.received_at, r.created_at) AS received_at,
    nullif(r.contact, '') AS contact,
    r.latitude,
    r.longitude,
    (
        SELECT milestone->>'name'
        FROM jsonb_array_elements(r.milestones) AS milestone
        WHERE milestone->>'met_at' IS NULL AND milestone->>'stopped_at' IS NULL
        ORDER BY (milestone->>'due_at')::timestamptz
        LIMIT 1
    ) AS next_milestone,
    r.due_at AS next_due_at
"""
REFERENCES = """
    coalesce((
        SELECT json_agg(
            json_build_object('system', e.system, 'id', e.external_id, 'url', e.url)
            ORDER BY e.system
        )
        FROM gasutil_externalreference AS e
        WHERE e.service_request_id = r.id
    ), '[]') AS "references"
"""
FOR_SUPPORT = f"{REQUEST}, {REFERENCES}"
DETAILS = """
    r.schema_version,
    EXISTS (
        SELECT
        FROM gasutil_servicerequest AS d
        JOIN gasutil_requesttype AS t ON t.code = d.request_type
        WHERE d.customer_id = r.customer_id AND d.is_open AND t.effect = 'dispute'
    ) AS do_not_disconnect,
    (
        SELECT coalesce(json_agg(json_build_object(
            'name', name,
            'due_at', due_at,
            'met_at', met_at,
            'is_breached', coalesce(met_at, stopped_at, now()) > due_at
        )), '[]')
        FROM jsonb_to_recordset(r.milestones) AS milestone(
            name text, due_at timestamptz, met_at timestamptz, stopped_at timestamptz
        )
    ) AS milestones,
    (
        SELECT coalesce(json_agg(file ORDER BY file.id), '[]')
        FROM (
            SELECT
                f.id,
                f.service_request_id AS service_request,
                f.filename,
                f.content_type,
                f.size,
                f.sha256,
                f.created_at,
                f.uploaded_by_id AS uploaded_by
            FROM gasutil_attachment AS f
            WHERE f.service_request_id = r.id
        ) AS file
    ) AS attachments
"""
UPDATE = """
    u.history_id AS id,
    u.id AS service_request,
    u.status,
    u.previous_status,
    u.notes,
    u.is_internal,
    u.history_user_id AS author,
    u.history_date AS created_at,
    u.event,
    CASE WHEN u.event = 'request.milestone' THEN u.subject END AS milestone,
    u.attachment,
    u.changes,
    coalesce(u.occurred_at, u.history_date) AS occurred_at,
    CASE
        WHEN w.user_type = 'support' OR w.is_superuser THEN 'support'
        WHEN w.id IS NULL AND u.channel IN ('system', 'integration') THEN u.channel
        ELSE 'customer'
    END AS author_kind
"""
NAME = "coalesce(m.name, nullif(trim(concat(w.first_name, ' ', w.last_name)), ''))"
NAME_FOR_CUSTOMER = f"CASE WHEN w.user_type = 'support' THEN w.first_name ELSE {NAME} END"
UPDATES = """
    FROM gasutil_requestupdate AS u
    LEFT JOIN gasutil_user AS w ON w.id = u.history_user_id
    LEFT JOIN gasutil_machineaccount AS m ON m.id = u.machine_account_id
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
    return page(f"SELECT {FOR_SUPPORT} FROM gasutil_servicerequest AS r WHERE {condition} {NEWEST}")


def own_requests(condition: str = "true") -> str:
    """Return the statement of a page of a customer's requests."""
    return page(f"SELECT {REQUEST} FROM {GRANTED} WHERE {MINE} AND {condition} {NEWEST_OF_MINE}")


def single(select: str) -> str:
    """Return the statement of one row as JSON."""
    return f"SELECT row_to_json(one)::text FROM ({select}) AS one"


def with_updates(request: str, tables: str, condition: str, name: str, updates: str) -> str:
    """Return the statement of one request with those of its updates that meet a condition."""
    return single(f"""
        SELECT {request}, {DETAILS}, (
            SELECT coalesce(json_agg(line ORDER BY line.id), '[]')
            FROM (
                SELECT {UPDATE}, {name} AS author_name
                {UPDATES}
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
MY_GRANT = f"""
    SELECT p.id
    FROM gasutil_servicerequestuserpermission AS p
    WHERE {MINE} AND p.content_object_id = u.id
    LIMIT 1
"""


def log(event: str, notes: str, previous_status: str, history_type: str, changes: str) -> str:
    """Return the statement that writes a row of history of the request `r`."""
    return f"""
        INSERT INTO gasutil_requestupdate (
            id, event, subject, notes, is_internal, previous_status, channel, status, priority,
            resolved_at, respond_by, resolve_by, version, history_date, history_type,
            assigned_to_id, history_user_id, request_type, customer_id, occurred_at, changes
        )
        SELECT
            r.id, {event}, '', {notes}, false, {previous_status}, 'api', r.status, r.priority,
            r.resolved_at, r.respond_by, r.resolve_by, r.version, now(), {history_type},
            r.assigned_to_id, %(user)s, r.request_type, r.customer_id, now(), {changes}
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
CREATED = """jsonb_build_object(
    'status', jsonb_build_object('from', NULL, 'to', r.status),
    'priority', jsonb_build_object('from', NULL, 'to', r.priority),
    'request_type', jsonb_build_object('from', NULL, 'to', r.request_type)
)"""
CHANGED = """jsonb_build_object(
    'status', jsonb_build_object('from', r.old_status, 'to', r.status)
)"""
CREATE = f"""
    WITH r AS (
        INSERT INTO gasutil_servicerequest (
            reference, request_type, description, address, details, status, priority,
            is_emergency, safety_instructions, customer_id, created_at, updated_at, version,
            schema_version, milestones, filed_as, received_at
        )
        SELECT
            substr(gen_random_uuid()::text, 1, 16), code, %(description)s, %(address)s, '{{}}',
            'pending', priority, is_emergency, safety_instructions, %(user)s, now(), now(), 1,
            version, ({MILESTONES}), '', now()
        FROM gasutil_requesttype
        WHERE code = %(request_type)s AND is_active
        RETURNING *
    ),
    logged AS ({log("'request.created'", "''", "NULL", "'+'", CREATED)}),
    granted AS (
        INSERT INTO gasutil_servicerequestuserpermission (
            content_object_id, permission_id, user_id, is_owner
        )
        SELECT r.id, unnest(ARRAY[%(view)s, %(change)s]), %(user)s, true
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
    logged AS ({log("'request.status_changed'", "%(notes)s", "r.old_status", "'~'", CHANGED)})
    {single(f"SELECT {FOR_SUPPORT} FROM r")}
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
    "/get/customer": with_updates(REQUEST, GRANTED, MINE, NAME_FOR_CUSTOMER, "NOT u.is_internal"),
    "/get/support": with_updates(FOR_SUPPORT, "gasutil_servicerequest AS r", "true", NAME, "true"),
    "/updates/customer": page(f"""
        SELECT {UPDATE}, {NAME_FOR_CUSTOMER} AS author_name
        {UPDATES}
        WHERE u.customer_id = %(user)s AND NOT u.is_internal AND ({MY_GRANT}) IS NOT NULL
        {NEWEST_UPDATES}
    """),
    "/updates/support": page(f"SELECT {UPDATE}, {NAME} AS author_name {UPDATES} {NEWEST_UPDATES}"),
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
