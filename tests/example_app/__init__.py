"""An app that only tests install.

It has a model that the service desk does not know, as a later feature would bring one.
"""
