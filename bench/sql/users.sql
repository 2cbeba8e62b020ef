-- The first users are support representatives, the rest are customers.
INSERT INTO gasutil_user (
    id, username, email, first_name, last_name, password, phone_number, address, user_type,
    is_superuser, is_staff, is_active, is_approved, email_confirmed, date_joined, language,
    muted_notices
)
SELECT
    i,
    'user' || i,
    'user' || i || '@example.com',
    'First' || i,
    'Last' || i,
    '!' || md5(i::text),
    '+91789' || to_char(i, 'FM0000000'),
    i || ', Green Valley, Pune - 411001',
    CASE WHEN i < %(heavy)s THEN 'support' ELSE 'customer' END,
    false,             -- is_superuser
    i < %(heavy)s,     -- is_staff
    true,              -- is_active
    i < %(heavy)s,     -- is_approved
    true,              -- email_confirmed
    now(),
    'en',
    '[]'
FROM generate_series(1, %(users)s) AS i
