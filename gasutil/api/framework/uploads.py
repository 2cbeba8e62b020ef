"""Calls that accept files: their size limits, the early rejections, and the checks of the form."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.params.models import BodyModel
from pydantic import TypeAdapter, ValidationError

from gasutil.api.framework.auth import caller
from gasutil.api.framework.errors import JSON, WRITTEN_AS_JSON, nested_message
from gasutil.api.framework.json_bodies import Json, expect
from gasutil.errors import FieldError, Invalid, SendWithoutFiles, TooLarge
from gasutil.validation_messages import message_of

FORM_OVERHEAD_BYTES = 2**20  # the fields and boundaries of a form
MULTIPART = "multipart/form-data"
LIST_INDEX = re.compile(r"\[\d*\]$")
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files that a call accepts: up to `most` parts of this name.

    A call that `is_form` accepts nothing else, except `fields` of support, each with its type.
    """

    name: str
    most: int = 1
    is_form: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def limit(self) -> int:
        """Return the size limit of the call's body in bytes."""
        return self.most * settings.FILE_LIMIT + FORM_OVERHEAD_BYTES

    def too_large(self) -> TooLarge:
        """Return the error for a body that is too large."""
        if self.is_form:
            return TooLarge(
                _("All files together can have at most %(max)d bytes.") % {"max": self.limit}
            )
        return SendWithoutFiles()


class FormModel(BodyModel):
    """A body that may be a form; its files are not read into memory, unlike a JSON body."""

    @classmethod
    def get_request_data(
        cls, request: HttpRequest, api: Any, path_params: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return the body under the name of its parameter."""
        if request.content_type == MULTIPART:
            return {cls.__read_from_single_attr__: api.parser.parse_form(request)}
        expect(request, JSON, MULTIPART)
        return super().get_request_data(request, api, path_params)


class FormOrJson(Json):  # type: ignore[misc]  # as ninja itself does
    """The parameter from which ninja reads a body that may be a form."""

    _model = FormModel


def read_form(request: HttpRequest, *, charset: str = "") -> dict[str, Any]:
    """Return the fields of a form as they would be in JSON.

    Text that is not UTF-8 is decoded as `charset`, or remains bytes.
    """
    fields: dict[str, Any] = {name: values[-1] for name, values in request.POST.lists()}
    fields |= {
        name: _decoded(content, charset)
        for name, content in {**_fields_as_files(request), **not_utf8(request)}.items()
    }
    return fields | {name: _value(fields[name]) for name in WRITTEN_AS_JSON if name in fields}


def not_utf8(request: HttpRequest) -> Mapping[str, bytes]:
    """Return the text parts of a form that are not UTF-8, by name."""
    parts: Mapping[str, bytes] = getattr(request, "not_utf8", {})
    return parts


def _fields_as_files(request: HttpRequest) -> dict[str, bytes]:
    """Return the fields that a browser sends as files, because they are a `Blob` of JSON."""
    fields: dict[str, bytes] = {}
    for name in WRITTEN_AS_JSON:
        for file in request.FILES.getlist(name)[-1:]:
            file.seek(0)
            fields[name] = file.read(settings.API_BODY_LIMIT)
    return fields


def _decoded(content: bytes, charset: str) -> str | bytes:
    try:
        return content.decode()
    except ValueError:
        return content.decode(charset, "replace") if charset else content


def _value(text: str | bytes) -> Any:
    """Return the JSON value of a text, or the text itself, which its field then rejects."""
    try:
        return orjson.loads(text.removeprefix(BYTE_ORDER_MARK) if isinstance(text, str) else text)
    except ValueError:
        return text


def read_files(request: HttpRequest, files: Files) -> Mapping[str, Any]:
    """Return the files of a call under the verb's argument name.

    Raise `Invalid` for other parts, too many files, or none.

    A call that accepts other fields too gets all its files; its verb checks their number.

    Raises:
        HttpError: 415, if the call accepts only a form and the body is none.
    """
    sent = _files_by_name(request) if request.content_type == MULTIPART else {}
    given = sent.pop(files.name, [])
    unknown = set(sent) - set(_fields_as_files(request) if not files.is_form else ())
    if files.is_form:
        expect(request, MULTIPART)
        unknown |= set(request.POST) - set(_known_fields(request, files))
    errors = [extra_part(name) for name in sorted(unknown)]
    if files.is_form and not given:
        errors.append(FieldError(files.name, "missing", _("Send a file in a part with this name.")))
    if files.is_form and len(given) > files.most:
        errors.append(FieldError(files.name, "too_long", _("Send only one file."), {"max": 1}))
    if errors:
        raise Invalid(errors)
    return {files.name: given[0] if files.is_form else given} if given else {}


def read_fields(request: HttpRequest, files: Files) -> dict[str, Any]:
    """Return the fields beside the files of a form; raise `Invalid` for values that are wrong."""
    fields, errors = {}, []
    for name, kind in _known_fields(request, files).items():
        try:
            fields[name] = TypeAdapter(kind).validate_python(request.POST[name])
        except ValidationError as error:
            errors += [
                FieldError(name, problem["type"], message_of(problem)) for problem in error.errors()
            ]
    if errors:
        raise Invalid(errors)
    return fields


def _known_fields(request: HttpRequest, files: Files) -> dict[str, Any]:
    """Return the types of the fields that were sent and that the caller may send."""
    is_staff = bool(files.fields) and caller(request).is_staff
    return {name: kind for name, kind in files.fields.items() if is_staff and name in request.POST}


def _files_by_name(request: HttpRequest) -> dict[str, list[Any]]:
    """Return the files of a form by name.

    `name[]` and `name[0]`, as some libraries write lists, count as `name`.
    """
    sent: dict[str, list[Any]] = {}
    for name, given in request.FILES.lists():
        sent.setdefault(LIST_INDEX.sub("", name), []).extend(given)
    return sent


def extra_part(name: str) -> FieldError:
    """Return the error for a part that the call does not have."""
    return FieldError(name, "extra_forbidden", nested_message(name) or _("Unknown part."))


def fingerprints(files: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the hashes of the files by the name of their part.

    They distinguish a retry from another call.
    """
    return {
        name: [_digest(file) for file in (given if isinstance(given, list) else [given])]
        for name, given in files.items()
    }


def _digest(file: Any) -> str:
    digest = hashlib.sha256(orjson.dumps([file.name, file.content_type]))
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


class Limits:
    """The size limits of bodies, by the path of the call."""

    def __init__(self, taking: Mapping[str, Files]) -> None:
        self.taking = [
            (re.compile(re.sub(r"\\\{int:\w+\\\}", r"\\d+", re.escape(path)) + "$"), files)
            for path, files in taking.items()
        ]

    def files_of(self, path: str) -> Files | None:
        """Return the declaration of the files that a path accepts, or None."""
        return next((files for pattern, files in self.taking if pattern.match(path)), None)
