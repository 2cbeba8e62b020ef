from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_staff_members_ordering import ListStaffMembersOrdering
from ...models.problem import Problem
from ...models.staff_member_page import StaffMemberPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    ordering: ListStaffMembersOrdering | Unset = ListStaffMembersOrdering.ID,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering.value

    params["ordering"] = json_ordering

    params["cursor"] = cursor

    params["page_size"] = page_size

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/staff/",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | StaffMemberPage | None:
    if response.status_code == 200:
        response_200 = StaffMemberPage.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | StaffMemberPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    ordering: ListStaffMembersOrdering | Unset = ListStaffMembersOrdering.ID,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Response[Problem | StaffMemberPage]:
    """List staff members

     List the staff members that the caller can see.

    Args:
        ordering (ListStaffMembersOrdering | Unset): The prefix `-` reverses the order. Default:
            ListStaffMembersOrdering.ID.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | StaffMemberPage]
    """

    kwargs = _get_kwargs(
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
    ordering: ListStaffMembersOrdering | Unset = ListStaffMembersOrdering.ID,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Problem | StaffMemberPage | None:
    """List staff members

     List the staff members that the caller can see.

    Args:
        ordering (ListStaffMembersOrdering | Unset): The prefix `-` reverses the order. Default:
            ListStaffMembersOrdering.ID.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | StaffMemberPage
    """

    return sync_detailed(
        client=client,
        ordering=ordering,
        cursor=cursor,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    ordering: ListStaffMembersOrdering | Unset = ListStaffMembersOrdering.ID,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Response[Problem | StaffMemberPage]:
    """List staff members

     List the staff members that the caller can see.

    Args:
        ordering (ListStaffMembersOrdering | Unset): The prefix `-` reverses the order. Default:
            ListStaffMembersOrdering.ID.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | StaffMemberPage]
    """

    kwargs = _get_kwargs(
        ordering=ordering,
        cursor=cursor,
        page_size=page_size,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    ordering: ListStaffMembersOrdering | Unset = ListStaffMembersOrdering.ID,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Problem | StaffMemberPage | None:
    """List staff members

     List the staff members that the caller can see.

    Args:
        ordering (ListStaffMembersOrdering | Unset): The prefix `-` reverses the order. Default:
            ListStaffMembersOrdering.ID.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | StaffMemberPage
    """

    return (
        await asyncio_detailed(
            client=client,
            ordering=ordering,
            cursor=cursor,
            page_size=page_size,
        )
    ).parsed
