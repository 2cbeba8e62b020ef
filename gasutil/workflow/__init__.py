"""What may happen: the table of transitions, the engine that makes every change, and the verbs by noun."""
