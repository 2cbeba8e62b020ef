"""`gasutil-cli`: a customer's app on the command line."""
