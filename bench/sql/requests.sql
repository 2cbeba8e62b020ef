-- `a` and `b` are pseudo-random and the same in every run; OFFSET 0 computes them once for each
-- row, not for each use.
INSERT INTO gasutil_servicerequest (
    id, reference, request_type, description, address, details, status, priority, is_emergency,
    safety_instructions, customer_id, assigned_to_id, created_at, updated_at, resolved_at,
    respond_by, resolve_by, version, schema_version, milestones, due_at, escalate_at, filed_as
)
SELECT
    i,
    'SR-' || to_char((i * 387420489) %% 1000000000, 'FM000"-"000"-"000'),
    request_type.code,
    format(
        '%%s since %%s o''clock %%s. Meter %%s.',
        (ARRAY[
            'Smell of gas', 'No gas', 'Low pressure', 'Bill too high', 'Pilot light goes out',
            'Meter hums'
        ])[1 + a %% 6],
        1 + b %% 24,
        (ARRAY[
            'in the kitchen', 'behind the stove', 'at the main valve', 'in the yard',
            'near the heater'
        ])[1 + b %% 5],
        to_char(a %% 1000000, 'FM000000')
    ),
    a %% 500 || ', ' || (ARRAY[
        'Green Valley, Pune - 411001', 'Sunrise Apartments, Bengaluru - 560095'
    ])[1 + b %% 2],
    '{}',
    state.status,
    CASE
        WHEN request_type.is_emergency THEN 'emergency'
        ELSE (ARRAY['low', 'normal', 'normal', 'high'])[1 + b %% 4]
    END,
    request_type.is_emergency,
    request_type.safety_instructions,
    CASE
        WHEN i %% 50 = 0 THEN %(heavy)s
        ELSE %(first_customer)s + (i - i / 50 - 1) %% %(customers)s
    END,
    CASE WHEN state.status <> 'pending' THEN 1 + a %% 50 END,
    filed,
    filed + interval '1 hour',
    CASE WHEN state.status = 'resolved' THEN filed + interval '1 hour' END,
    filed + interval '1 day',
    filed + interval '30 days',
    3,
    request_type.version,
    clocks.milestones,
    clocks.due,
    CASE WHEN clocks.due > now() THEN clocks.due END,
    ''
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
CROSS JOIN LATERAL (
    SELECT
        ('x' || substr(md5(i::text), 1, 7))::bit(28)::int AS a,
        ('x' || substr(md5(i::text), 8, 7))::bit(28)::int AS b,
        now() - (%(size)s - i) * interval '1 minute' AS filed
    OFFSET 0
) AS dice
CROSS JOIN LATERAL (
    SELECT (
        array_fill('pending'::text, ARRAY[5])
        || array_fill('in_progress'::text, ARRAY[5])
        || array_fill('on_hold'::text, ARRAY[2])
        || array_fill('resolved'::text, ARRAY[7])
        || array_fill('cancelled'::text, ARRAY[1])
    )[1 + b %% 20] AS status
) AS state
JOIN (
    SELECT *, row_number() OVER (ORDER BY id) - 1 AS number, count(*) OVER () AS types
    FROM gasutil_requesttype
) AS request_type ON number = a %% types
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN state.status NOT IN ('resolved', 'cancelled')
            THEN now() + (b %% 20000 - 2000) * interval '1 minute'
        END AS due,
        jsonb_agg(jsonb_build_object(
            'name', name,
            'label', label,
            'minutes', minutes,
            'calendar', NULL,
            'due_at', filed + minutes * interval '1 minute',
            'met_at', NULL,
            'stopped_at', NULL,
            'escalations', 0,
            'escalate_at', NULL
        )) AS milestones
    FROM jsonb_to_recordset(request_type.limits) AS milestone(name text, label text, minutes int)
) AS clocks
