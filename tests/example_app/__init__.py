"""An app that only tests install: a model that the service desk has never heard of, as a later feature would bring one."""
