"""The base of the console's pages: base classes, filters, exports, dialogs, formatting."""
