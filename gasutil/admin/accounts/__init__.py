"""The pages of accounts, groups, teams and sign-ins, and of the user's own account."""
