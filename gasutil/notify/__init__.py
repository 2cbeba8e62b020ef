"""Who is told what, and how it reaches them: from the log, by the background worker, after what it tells of is committed."""
