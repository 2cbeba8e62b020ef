"""Who is told what. Everything goes out from the background queue, after the change it tells of is committed."""
