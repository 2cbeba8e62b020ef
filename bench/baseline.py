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
    CONNECTION.execute(
        "SELECT split_part(codename, '_', 1), id FROM auth_permission WHERE codename IN"
        " ('view_servicerequest', 'change_servicerequest')"
    ).fetchall()
)

REQUEST = """
r.id, r.reference, r.request_type, r.description, r.address, r.details, r.status, r.priority,
    r.customer_id AS customer,
r.assigned_to_id AS assigned_to, r.created_at, r.updated_at, r.resolved_at, r.respond_by,
    r.resolve_by,
coalesce(r.is_open AND r.due_at < now(), false) AS is_overdue, r.safety_instructions, r.version
"""
UPDATE = """
u.history_id AS id, u.id AS service_request, u.status, u.previous_status, u.notes, u.is_internal,
    u.history_user_id AS author,
u.history_date AS created_at
"""
GRANTED = (
    "FROM gasutil_servicerequestuserpermission p JOIN gasutil_servicerequest r ON r.id ="
    " p.content_object_id"
)
MINE = "p.user_id = %(user)s AND p.permission_id = %(view)s"
PAGE = (
    "SELECT json_build_object('results', coalesce(json_agg(page), '[]'), 'next',"
    " min(page.id))::text FROM ({}) page"
)
ALL = f"SELECT {REQUEST} FROM gasutil_servicerequest r"
NEWEST = "ORDER BY r.id DESC LIMIT 20"
ONE = "SELECT row_to_json(one)::text FROM ({}) one"
WITH_UPDATES = f"""{REQUEST}, (SELECT coalesce(json_agg(line ORDER BY line.id), '[]')
    FROM (SELECT {UPDATE} FROM gasutil_requestupdate u WHERE u.id = r.id
          AND (%(internal)s OR NOT u.is_internal)) line) AS updates"""
ENTRY = "FROM gasutil_searchentry e WHERE"
WORDS = (
    "{0} LIKE '%%' || split_part(%(q)s, ' ', 1) || '%%' AND {0} LIKE '%%' || split_part(%(q)s, ' ',"
    " -1) || '%%'"
).format
FOUND = WORDS("(e.reference || '|' || e.identity || '|' || e.public || '|' || e.internal)")
FOUND_BY_CUSTOMER = WORDS("(e.reference || '|' || e.public)")
LOG_COLUMNS = """id, event, subject, notes, is_internal, previous_status, channel, status,
    priority, resolved_at, respond_by, resolve_by, version,
    history_date, history_type, assigned_to_id, history_user_id, request_type"""
LOG_VALUES = """false, {}, 'api', r.status, r.priority, r.resolved_at, r.respond_by, r.resolve_by,
    r.version, now(), {}, r.assigned_to_id,
    %(user)s, r.request_type"""

STATEMENTS = {
    "/list/customer": PAGE.format(
        f"SELECT {REQUEST} {GRANTED} WHERE {MINE} ORDER BY p.content_object_id DESC LIMIT 20"
    ),
    "/list/support": PAGE.format(f"{ALL} {NEWEST}"),
    "/list/filtered": PAGE.format(
        f"{ALL} WHERE r.status = %(status)s AND r.request_type = %(request_type)s {NEWEST}"
    ),
    "/list/deep": PAGE.format(f"{ALL} WHERE r.id <= %(newest)s::bigint {NEWEST}"),
    "/search/common": PAGE.format(
        f"{ALL} WHERE (SELECT {FOUND} {ENTRY} e.service_request_id = r.id) {NEWEST}"
    ),
    "/search/rare": PAGE.format(
        f"{ALL} WHERE r.id = ANY (ARRAY(SELECT e.service_request_id {ENTRY} {FOUND})) {NEWEST}"
    ),
    "/search/reference": PAGE.format(f"{ALL} WHERE r.reference = %(q)s {NEWEST}"),
    "/search/customer": PAGE.format(
        f"""SELECT {REQUEST} {GRANTED} WHERE {MINE} AND (SELECT {FOUND_BY_CUSTOMER} {ENTRY}
            e.service_request_id = r.id)
        ORDER BY p.content_object_id DESC LIMIT 20"""
    ),
    "/get/customer": (
        ONE.format(
            f"SELECT {WITH_UPDATES} {GRANTED} WHERE {MINE} AND r.id = %(id)s::bigint"
        ).replace("%(internal)s", "false")
    ),
    "/get/support": (
        ONE.format(
            f"SELECT {WITH_UPDATES} FROM gasutil_servicerequest r WHERE r.id = %(id)s::bigint"
        ).replace("%(internal)s", "true")
    ),
    "/updates/customer": PAGE.format(f"""SELECT {UPDATE} FROM gasutil_requestupdate u
        WHERE u.id IN (SELECT p.content_object_id FROM gasutil_servicerequestuserpermission p WHERE
            {MINE}) AND NOT u.is_internal
        ORDER BY u.history_id DESC LIMIT 20"""),
    "/updates/support": PAGE.format(
        f"SELECT {UPDATE} FROM gasutil_requestupdate u ORDER BY u.history_id DESC LIMIT 20"
    ),
    "/create": (
        f"""WITH r AS (INSERT INTO gasutil_servicerequest (reference, request_type, description,
            address, details, status, priority,
            is_emergency, safety_instructions, customer_id, created_at, updated_at, version,
                schema_version, milestones, filed_as)
        SELECT substr(gen_random_uuid()::text, 1, 16), code, %(description)s, %(address)s, '{{}}',
            'pending', priority, is_emergency,
            safety_instructions, %(user)s, now(), now(), 1, version, limits, '' FROM
                gasutil_requesttype WHERE code = %(request_type)s AND is_active RETURNING *),
        logged AS (INSERT INTO gasutil_requestupdate ({LOG_COLUMNS})
            SELECT r.id, 'request.created', '', '', {LOG_VALUES.format("NULL", "'+'")} FROM r),
        granted AS (INSERT INTO gasutil_servicerequestuserpermission (content_object_id,
            permission_id, user_id)
            SELECT r.id, unnest(ARRAY[%(view)s, %(change)s]), %(user)s FROM r)
        {ONE.format(f"SELECT {REQUEST} FROM r")}"""
    ),
    "/patch": (
        f"""WITH old AS (SELECT id AS old_id, status AS old_status FROM gasutil_servicerequest
            WHERE id = %(id)s::bigint FOR UPDATE),
        r AS (UPDATE gasutil_servicerequest SET status = %(status)s, updated_at = now(), version =
            version + 1
            FROM old WHERE id = old_id RETURNING *),
        logged AS (INSERT INTO gasutil_requestupdate ({LOG_COLUMNS})
            SELECT r.id, 'request.status_changed', '', %(notes)s,
                {LOG_VALUES.format("r.old_status", "'~'")} FROM r)
        {ONE.format(f"SELECT {REQUEST} FROM r")}"""
    ),
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
