"""An app that only tests install, with a model of a later feature."""
