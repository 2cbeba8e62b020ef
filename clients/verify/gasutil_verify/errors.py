"""The one error that says what does not hold."""


class VerificationError(Exception):
    """A proof, a checkpoint or a log is not what it claims to be."""
