"""The pages of accounts, roles, teams, sign-ins, and of the own account."""
