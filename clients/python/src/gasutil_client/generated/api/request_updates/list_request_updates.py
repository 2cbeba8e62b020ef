import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_request_updates_ordering import ListRequestUpdatesOrdering
from ...models.problem import Problem
from ...models.request_update_page import RequestUpdatePage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    service_request: int | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    after: int | Unset = UNSET,
    figure: str | Unset = UNSET,
    ordering: ListRequestUpdatesOrdering | Unset = ListRequestUpdatesOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["service_request"] = service_request

    json_since: str | Unset = UNSET
    if not isinstance(since, Unset):
        json_since = since.isoformat()
    params["since"] = json_since

    params["after"] = after

    params["figure"] = figure

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering.value

    params["ordering"] = json_ordering

    params["cursor"] = cursor

    params["page_size"] = page_size

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/request-updates/",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | RequestUpdatePage | None:
    if response.status_code == 200:
        response_200 = RequestUpdatePage.from_dict(response.json())

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

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | RequestUpdatePage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    service_request: int | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    after: int | Unset = UNSET,
    figure: str | Unset = UNSET,
    ordering: ListRequestUpdatesOrdering | Unset = ListRequestUpdatesOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Response[Problem | RequestUpdatePage]:
    """List request updates

     List the request updates that the caller can see.

    Args:
        service_request (int | Unset):
        since (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a plain date
            is the start of that day in the operator's time zone.
        after (int | Unset): The ID of an update: the list has every later one, in the order of
            the log. 0 is before the first.
        figure (str | Unset): From the URL of a count in a report. Do not write it.
        ordering (ListRequestUpdatesOrdering | Unset): The prefix `-` reverses the order. Default:
            ListRequestUpdatesOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RequestUpdatePage]
    """

    kwargs = _get_kwargs(
        service_request=service_request,
        since=since,
        after=after,
        figure=figure,
        ordering=ordering,
        cursor=cursor,
        page_size=page_size,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    service_request: int | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    after: int | Unset = UNSET,
    figure: str | Unset = UNSET,
    ordering: ListRequestUpdatesOrdering | Unset = ListRequestUpdatesOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Problem | RequestUpdatePage | None:
    """List request updates

     List the request updates that the caller can see.

    Args:
        service_request (int | Unset):
        since (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a plain date
            is the start of that day in the operator's time zone.
        after (int | Unset): The ID of an update: the list has every later one, in the order of
            the log. 0 is before the first.
        figure (str | Unset): From the URL of a count in a report. Do not write it.
        ordering (ListRequestUpdatesOrdering | Unset): The prefix `-` reverses the order. Default:
            ListRequestUpdatesOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RequestUpdatePage
    """

    return sync_detailed(
        client=client,
        service_request=service_request,
        since=since,
        after=after,
        figure=figure,
        ordering=ordering,
        cursor=cursor,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    service_request: int | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    after: int | Unset = UNSET,
    figure: str | Unset = UNSET,
    ordering: ListRequestUpdatesOrdering | Unset = ListRequestUpdatesOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Response[Problem | RequestUpdatePage]:
    """List request updates

     List the request updates that the caller can see.

    Args:
        service_request (int | Unset):
        since (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a plain date
            is the start of that day in the operator's time zone.
        after (int | Unset): The ID of an update: the list has every later one, in the order of
            the log. 0 is before the first.
        figure (str | Unset): From the URL of a count in a report. Do not write it.
        ordering (ListRequestUpdatesOrdering | Unset): The prefix `-` reverses the order. Default:
            ListRequestUpdatesOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RequestUpdatePage]
    """

    kwargs = _get_kwargs(
        service_request=service_request,
        since=since,
        after=after,
        figure=figure,
        ordering=ordering,
        cursor=cursor,
        page_size=page_size,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    service_request: int | Unset = UNSET,
    since: datetime.datetime | Unset = UNSET,
    after: int | Unset = UNSET,
    figure: str | Unset = UNSET,
    ordering: ListRequestUpdatesOrdering | Unset = ListRequestUpdatesOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Problem | RequestUpdatePage | None:
    """List request updates

     List the request updates that the caller can see.

    Args:
        service_request (int | Unset):
        since (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a plain date
            is the start of that day in the operator's time zone.
        after (int | Unset): The ID of an update: the list has every later one, in the order of
            the log. 0 is before the first.
        figure (str | Unset): From the URL of a count in a report. Do not write it.
        ordering (ListRequestUpdatesOrdering | Unset): The prefix `-` reverses the order. Default:
            ListRequestUpdatesOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RequestUpdatePage
    """

    return (
        await asyncio_detailed(
            client=client,
            service_request=service_request,
            since=since,
            after=after,
            figure=figure,
            ordering=ordering,
            cursor=cursor,
            page_size=page_size,
        )
    ).parsed
