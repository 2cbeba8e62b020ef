"""What may happen: the table of transitions, the engine for all changes, and the verbs by noun."""
