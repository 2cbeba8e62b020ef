"""The reports for managers: each is a table whose counts open the rows that they count."""
