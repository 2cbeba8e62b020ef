from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.get_request_proof_format import GetRequestProofFormat
from ...models.problem import Problem
from ...models.request_proof import RequestProof
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: int,
    *,
    format_: GetRequestProofFormat | Unset = GetRequestProofFormat.JSON,
    row: int | None | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    json_row: int | None | Unset
    if isinstance(row, Unset):
        json_row = UNSET
    else:
        json_row = row
    params["row"] = json_row

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/requests/{id}/proof/".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | RequestProof | None:
    if response.status_code == 200:
        response_200 = RequestProof.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | RequestProof]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: int,
    *,
    client: AuthenticatedClient,
    format_: GetRequestProofFormat | Unset = GetRequestProofFormat.JSON,
    row: int | None | Unset = UNSET,
) -> Response[Problem | RequestProof]:
    """Get request proof

     Return the proof of the history of a request, as far as the caller can see it.

    Args:
        id (int):
        format_ (GetRequestProofFormat | Unset): JSON of all rows, or a file of one row. Default:
            GetRequestProofFormat.JSON.
        row (int | None | Unset): The row of the file: an update.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RequestProof]
    """

    kwargs = _get_kwargs(
        id=id,
        format_=format_,
        row=row,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: int,
    *,
    client: AuthenticatedClient,
    format_: GetRequestProofFormat | Unset = GetRequestProofFormat.JSON,
    row: int | None | Unset = UNSET,
) -> Problem | RequestProof | None:
    """Get request proof

     Return the proof of the history of a request, as far as the caller can see it.

    Args:
        id (int):
        format_ (GetRequestProofFormat | Unset): JSON of all rows, or a file of one row. Default:
            GetRequestProofFormat.JSON.
        row (int | None | Unset): The row of the file: an update.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RequestProof
    """

    return sync_detailed(
        id=id,
        client=client,
        format_=format_,
        row=row,
    ).parsed


async def asyncio_detailed(
    id: int,
    *,
    client: AuthenticatedClient,
    format_: GetRequestProofFormat | Unset = GetRequestProofFormat.JSON,
    row: int | None | Unset = UNSET,
) -> Response[Problem | RequestProof]:
    """Get request proof

     Return the proof of the history of a request, as far as the caller can see it.

    Args:
        id (int):
        format_ (GetRequestProofFormat | Unset): JSON of all rows, or a file of one row. Default:
            GetRequestProofFormat.JSON.
        row (int | None | Unset): The row of the file: an update.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RequestProof]
    """

    kwargs = _get_kwargs(
        id=id,
        format_=format_,
        row=row,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: int,
    *,
    client: AuthenticatedClient,
    format_: GetRequestProofFormat | Unset = GetRequestProofFormat.JSON,
    row: int | None | Unset = UNSET,
) -> Problem | RequestProof | None:
    """Get request proof

     Return the proof of the history of a request, as far as the caller can see it.

    Args:
        id (int):
        format_ (GetRequestProofFormat | Unset): JSON of all rows, or a file of one row. Default:
            GetRequestProofFormat.JSON.
        row (int | None | Unset): The row of the file: an update.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RequestProof
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            format_=format_,
            row=row,
        )
    ).parsed
