import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.customer_page import CustomerPage
from ...models.list_customers_ordering import ListCustomersOrdering
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    phone_number: str | Unset = UNSET,
    email: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
    q: str | Unset = "",
    ordering: ListCustomersOrdering | Unset = ListCustomersOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["phone_number"] = phone_number

    params["email"] = email

    json_updated_after: str | Unset = UNSET
    if not isinstance(updated_after, Unset):
        json_updated_after = updated_after.isoformat()
    params["updated_after"] = json_updated_after

    params["q"] = q

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering.value

    params["ordering"] = json_ordering

    params["cursor"] = cursor

    params["page_size"] = page_size

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/customers/",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> CustomerPage | Problem | None:
    if response.status_code == 200:
        response_200 = CustomerPage.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[CustomerPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    phone_number: str | Unset = UNSET,
    email: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
    q: str | Unset = "",
    ordering: ListCustomersOrdering | Unset = ListCustomersOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Response[CustomerPage | Problem]:
    """List customers

     List the customers that the caller can see.

    Args:
        phone_number (str | Unset):
        email (str | Unset):
        updated_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        q (str | Unset):  Default: ''.
        ordering (ListCustomersOrdering | Unset): The prefix `-` reverses the order. Default:
            ListCustomersOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CustomerPage | Problem]
    """

    kwargs = _get_kwargs(
        phone_number=phone_number,
        email=email,
        updated_after=updated_after,
        q=q,
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
    phone_number: str | Unset = UNSET,
    email: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
    q: str | Unset = "",
    ordering: ListCustomersOrdering | Unset = ListCustomersOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> CustomerPage | Problem | None:
    """List customers

     List the customers that the caller can see.

    Args:
        phone_number (str | Unset):
        email (str | Unset):
        updated_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        q (str | Unset):  Default: ''.
        ordering (ListCustomersOrdering | Unset): The prefix `-` reverses the order. Default:
            ListCustomersOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CustomerPage | Problem
    """

    return sync_detailed(
        client=client,
        phone_number=phone_number,
        email=email,
        updated_after=updated_after,
        q=q,
        ordering=ordering,
        cursor=cursor,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    phone_number: str | Unset = UNSET,
    email: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
    q: str | Unset = "",
    ordering: ListCustomersOrdering | Unset = ListCustomersOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Response[CustomerPage | Problem]:
    """List customers

     List the customers that the caller can see.

    Args:
        phone_number (str | Unset):
        email (str | Unset):
        updated_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        q (str | Unset):  Default: ''.
        ordering (ListCustomersOrdering | Unset): The prefix `-` reverses the order. Default:
            ListCustomersOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CustomerPage | Problem]
    """

    kwargs = _get_kwargs(
        phone_number=phone_number,
        email=email,
        updated_after=updated_after,
        q=q,
        ordering=ordering,
        cursor=cursor,
        page_size=page_size,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    phone_number: str | Unset = UNSET,
    email: str | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
    q: str | Unset = "",
    ordering: ListCustomersOrdering | Unset = ListCustomersOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> CustomerPage | Problem | None:
    """List customers

     List the customers that the caller can see.

    Args:
        phone_number (str | Unset):
        email (str | Unset):
        updated_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        q (str | Unset):  Default: ''.
        ordering (ListCustomersOrdering | Unset): The prefix `-` reverses the order. Default:
            ListCustomersOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CustomerPage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            phone_number=phone_number,
            email=email,
            updated_after=updated_after,
            q=q,
            ordering=ordering,
            cursor=cursor,
            page_size=page_size,
        )
    ).parsed
