"""Checks proofs and the public log of a Gas Service Desk.

It uses the standard library and `cryptography` alone, and shares no code with the server: a fault
in one is no fault of the other.
"""
