"""The API itself, made of its declarations."""

from ninja import NinjaAPI

from gasutil.api import errors
from gasutil.api.build import build
from gasutil.api.resources import CALLS, RESOURCES

api = NinjaAPI(title="Gas Service Desk", version="1", urls_namespace="api", description="Service requests of a gas utility's customers.")
errors.install(api)
build(api, RESOURCES, CALLS)
