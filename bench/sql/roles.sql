INSERT INTO gasutil_user_groups (user_id, group_id)
SELECT u.id, g.id
FROM gasutil_user AS u
JOIN auth_group AS g ON g.name = 'Support'
WHERE u.user_type = 'support'
