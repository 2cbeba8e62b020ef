"""The live stream: rows of the log, told as they are committed, with nothing lost."""
