-- Three rows of history for each request: created, assigned, and a comment or a change of status.
INSERT INTO gasutil_requestupdate (
    id, event, subject, notes, is_internal, previous_status, channel, status, priority,
    resolved_at, respond_by, resolve_by, version, history_date, history_type, assigned_to_id,
    history_user_id, request_type, changed, customer_id,
    occurred_at, changes
)
SELECT
    r.id,
    CASE
        WHEN k = 1 THEN 'request.created'
        WHEN k = 2 THEN 'request.assigned'
        WHEN r.status = 'pending' THEN 'request.commented'
        ELSE 'request.status_changed'
    END,
    '',
    CASE WHEN k = 3 THEN 'The technician has been told and will ring before coming.' ELSE '' END,
    k = 3 AND r.status = 'pending' AND r.id %% 5 = 0,
    CASE WHEN k > 1 THEN 'pending' END,
    'api',
    CASE WHEN k = 3 THEN r.status ELSE 'pending' END,
    r.priority,
    CASE WHEN k = 3 THEN r.resolved_at END,
    r.respond_by,
    r.resolve_by,
    k,
    r.created_at + (k - 1) * interval '30 minutes',
    CASE WHEN k = 1 THEN '+' ELSE '~' END,
    CASE WHEN k > 1 THEN r.assigned_to_id END,
    CASE WHEN k = 1 THEN r.customer_id ELSE 1 + r.id %% 50 END,
    r.request_type,
    CASE
        WHEN k = 2 AND r.assigned_to_id IS NOT NULL THEN 'assigned_to'
        WHEN k = 3 AND r.status <> 'pending' THEN 'status'
        ELSE ''
    END,
    r.customer_id,
    r.created_at + (k - 1) * interval '30 minutes',
    CASE
        WHEN k = 1 THEN jsonb_build_object(
            'status', jsonb_build_object('from', NULL, 'to', 'pending'),
            'priority', jsonb_build_object('from', NULL, 'to', r.priority),
            'request_type', jsonb_build_object('from', NULL, 'to', r.request_type)
        )
        WHEN k = 2 AND r.assigned_to_id IS NOT NULL THEN jsonb_build_object(
            'assigned_to', jsonb_build_object('from', NULL, 'to', r.assigned_to_id)
        )
        WHEN k = 3 AND r.status <> 'pending' THEN jsonb_build_object(
            'status', jsonb_build_object('from', 'pending', 'to', r.status)
        )
        ELSE '{}'
    END
FROM gasutil_servicerequest AS r
CROSS JOIN generate_series(1, 3) AS k
WHERE r.id BETWEEN %(first)s AND %(last)s
ORDER BY k, r.id
