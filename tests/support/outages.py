"""Services that are away."""

AWAY = {
    "default": {"BACKEND": "project.cache.FailOpenRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
}
