from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    last_event_id_query: str | Unset = "",
    ticket: str | Unset = "",
    last_event_id_header: str | Unset = "",
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(last_event_id_header, Unset):
        headers["Last-Event-ID"] = last_event_id_header

    params: dict[str, Any] = {}

    params["last_event_id"] = last_event_id_query

    params["ticket"] = ticket

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/events/",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | str | None:
    if response.status_code == 200:
        response_200 = response.text
        return response_200

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    last_event_id_query: str | Unset = "",
    ticket: str | Unset = "",
    last_event_id_header: str | Unset = "",
) -> Response[Problem | str]:
    """Stream events

     Stream the events of the requests that the caller can see, as Server-Sent Events.

    Each `data` has an `id`, by which a client that reconnects detects duplicates. `event: reset`
    means that
    events were missed: fetch the requests again. `event: reauth` means that the access token has
    expired: refresh it and reconnect.

    Args:
        last_event_id_query (str | Unset): The position to resume from, for clients that can't
            send the `Last-Event-ID` header. Default: ''.
        ticket (str | Unset): A ticket of `POST events/ticket/`, for clients that can't send the
            `Authorization` header. It can be used once. Default: ''.
        last_event_id_header (str | Unset): The `id` of the last event received. Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        last_event_id_query=last_event_id_query,
        ticket=ticket,
        last_event_id_header=last_event_id_header,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    last_event_id_query: str | Unset = "",
    ticket: str | Unset = "",
    last_event_id_header: str | Unset = "",
) -> Problem | str | None:
    """Stream events

     Stream the events of the requests that the caller can see, as Server-Sent Events.

    Each `data` has an `id`, by which a client that reconnects detects duplicates. `event: reset`
    means that
    events were missed: fetch the requests again. `event: reauth` means that the access token has
    expired: refresh it and reconnect.

    Args:
        last_event_id_query (str | Unset): The position to resume from, for clients that can't
            send the `Last-Event-ID` header. Default: ''.
        ticket (str | Unset): A ticket of `POST events/ticket/`, for clients that can't send the
            `Authorization` header. It can be used once. Default: ''.
        last_event_id_header (str | Unset): The `id` of the last event received. Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return sync_detailed(
        client=client,
        last_event_id_query=last_event_id_query,
        ticket=ticket,
        last_event_id_header=last_event_id_header,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    last_event_id_query: str | Unset = "",
    ticket: str | Unset = "",
    last_event_id_header: str | Unset = "",
) -> Response[Problem | str]:
    """Stream events

     Stream the events of the requests that the caller can see, as Server-Sent Events.

    Each `data` has an `id`, by which a client that reconnects detects duplicates. `event: reset`
    means that
    events were missed: fetch the requests again. `event: reauth` means that the access token has
    expired: refresh it and reconnect.

    Args:
        last_event_id_query (str | Unset): The position to resume from, for clients that can't
            send the `Last-Event-ID` header. Default: ''.
        ticket (str | Unset): A ticket of `POST events/ticket/`, for clients that can't send the
            `Authorization` header. It can be used once. Default: ''.
        last_event_id_header (str | Unset): The `id` of the last event received. Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | str]
    """

    kwargs = _get_kwargs(
        last_event_id_query=last_event_id_query,
        ticket=ticket,
        last_event_id_header=last_event_id_header,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    last_event_id_query: str | Unset = "",
    ticket: str | Unset = "",
    last_event_id_header: str | Unset = "",
) -> Problem | str | None:
    """Stream events

     Stream the events of the requests that the caller can see, as Server-Sent Events.

    Each `data` has an `id`, by which a client that reconnects detects duplicates. `event: reset`
    means that
    events were missed: fetch the requests again. `event: reauth` means that the access token has
    expired: refresh it and reconnect.

    Args:
        last_event_id_query (str | Unset): The position to resume from, for clients that can't
            send the `Last-Event-ID` header. Default: ''.
        ticket (str | Unset): A ticket of `POST events/ticket/`, for clients that can't send the
            `Authorization` header. It can be used once. Default: ''.
        last_event_id_header (str | Unset): The `id` of the last event received. Default: ''.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | str
    """

    return (
        await asyncio_detailed(
            client=client,
            last_event_id_query=last_event_id_query,
            ticket=ticket,
            last_event_id_header=last_event_id_header,
        )
    ).parsed
