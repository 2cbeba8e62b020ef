"""The forms of the verbs of a service request, by what the verbs are for."""
