"""The live stream: rows of the history, sent as they are committed; none is lost."""
