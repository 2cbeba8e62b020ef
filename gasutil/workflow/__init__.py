"""The domain logic: the table of transitions, the engine for all changes, and the verbs by noun."""
