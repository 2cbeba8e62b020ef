SELECT
    setval(pg_get_serial_sequence('gasutil_user', 'id'), (SELECT max(id) FROM gasutil_user)),
    setval(
        pg_get_serial_sequence('gasutil_servicerequest', 'id'),
        (SELECT max(id) FROM gasutil_servicerequest)
    )
