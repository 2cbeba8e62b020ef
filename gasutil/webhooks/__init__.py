"""Webhooks by HTTP: allowed addresses, signatures, and one POST.

`notify` decides who receives what.
"""
