INSERT INTO gasutil_servicerequestuserpermission (
    content_object_id, permission_id, user_id, is_owner
)
SELECT r.id, p.id, r.customer_id, true
FROM gasutil_servicerequest AS r
JOIN auth_permission AS p ON p.codename IN ('view_servicerequest', 'change_servicerequest')
WHERE r.id BETWEEN %(first)s AND %(last)s
ORDER BY r.id, p.id
