"""The pages of request types and calendars."""
