"""Calls that take files: how large they may be, what of them is refused before it is read, and what is asked of the rest."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.params.models import Body, BodyModel

from gasutil.api.errors import JSON
from gasutil.errors import Fault, Invalid

MULTIPART = "multipart/form-data"
WRITTEN_AS_JSON = ("details",)  # of the parts of a form, which are all texts


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files that a call takes: in parts of this name, so many at most; a call that `is_form` takes nothing else."""

    name: str
    most: int = 1
    is_form: bool = False

    @property
    def limit(self) -> int:
        """Return how many bytes a body of the call has at most."""
        return self.most * settings.FILE_LIMIT + int(settings.API_BODY_LIMIT)


class JsonModel(BodyModel):
    """A body in JSON, refused if it comes as anything else: after who calls and what, so that a wrong path is no wrong kind."""

    @classmethod
    def get_request_data(cls, request: HttpRequest, api: Any, path_params: dict[str, Any]) -> dict[str, Any] | None:
        """Return the body under the name of its parameter."""
        expect(request, JSON)
        return super().get_request_data(request, api, path_params)


class FormModel(BodyModel):
    """A body that may come as a form, whose files are not read into memory as a body in JSON is."""

    @classmethod
    def get_request_data(cls, request: HttpRequest, api: Any, path_params: dict[str, Any]) -> dict[str, Any] | None:
        """Return the body under the name of its parameter."""
        if request.content_type == MULTIPART:
            return {cls.__read_from_single_attr__: read_form(request)}
        expect(request, JSON, MULTIPART)
        return super().get_request_data(request, api, path_params)


class Json(Body):  # type: ignore[misc]  # as ninja itself does
    """The parameter that ninja reads a body in JSON for."""

    _model: type[BodyModel] = JsonModel

    @classmethod
    def _param_source(cls) -> str:
        return "body"


class FormOrJson(Json):  # type: ignore[misc]  # as ninja itself does
    """The parameter that ninja reads a body for that may be a form."""

    _model = FormModel


def expect(request: HttpRequest, *kinds: str) -> None:
    """Raise a 415 for a body of another kind."""
    if request.content_type not in kinds and request.body:
        raise HttpError(415, f"Send the body as {' or '.join(kinds)}.")


def read_form(request: HttpRequest) -> dict[str, Any]:
    """Return the fields of a form as a body in JSON would have them."""
    found: dict[str, Any] = {name: values[-1] for name, values in request.POST.lists()}
    return found | {name: _value(found[name]) for name in WRITTEN_AS_JSON if name in found}


def _value(text: str) -> Any:
    """Return what a text stands for in JSON, or the text, which its field then refuses."""
    try:
        return orjson.loads(text)
    except ValueError:
        return text


def read_files(request: HttpRequest, files: Files) -> Mapping[str, Any]:
    """Return the files of a call, by the name that its verb takes them under; raise `Invalid` for others, too many, or none."""
    faults = [Fault(name, "extra_forbidden", "This call takes no such part.") for name in request.FILES if name != files.name]
    given = request.FILES.getlist(files.name) if request.content_type == MULTIPART else []
    if files.is_form:
        expect(request, MULTIPART)
        faults += [Fault(name, "extra_forbidden", "This call takes no such part.") for name in request.POST]
        if not given:
            faults.append(Fault(files.name, "missing", "Send a file in a part of this name."))
    if len(given) > files.most:
        faults.append(Fault(files.name, "too_long", f"Send {files.most} at most."))
    if faults:
        raise Invalid(faults)
    return {files.name: given[0] if files.is_form else given} if given else {}


def fingerprints(files: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what tells files from others, by the name of their part: for telling a retry from another call."""
    return {name: [_digest(file) for file in (given if isinstance(given, list) else [given])] for name, given in files.items()}


def _digest(file: Any) -> str:
    digest = hashlib.sha256(orjson.dumps([file.name, file.content_type]))
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


class Limits:
    """How large a body may be, by the path of a call."""

    def __init__(self, taking: Mapping[str, Files]) -> None:
        self.taking = [(re.compile(re.sub(r"\\\{int:\w+\\\}", r"\\d+", re.escape(path)) + "$"), files) for path, files in taking.items()]

    def files_of(self, path: str) -> Files | None:
        """Return the files that can be sent to a path, or None."""
        return next((files for pattern, files in self.taking if pattern.match(path)), None)
