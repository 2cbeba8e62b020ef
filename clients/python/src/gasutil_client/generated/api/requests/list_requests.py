import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_requests_assigned_to_type_1 import ListRequestsAssignedToType1
from ...models.list_requests_ordering import ListRequestsOrdering
from ...models.priority import Priority
from ...models.problem import Problem
from ...models.service_request_page import ServiceRequestPage
from ...models.status import Status
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    status: list[Status] | Unset = UNSET,
    request_type: str | Unset = UNSET,
    priority: list[Priority] | Unset = UNSET,
    assigned_to: int | ListRequestsAssignedToType1 | Unset = UNSET,
    customer: int | Unset = UNSET,
    external: str | Unset = UNSET,
    reference: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
    overdue: bool | Unset = UNSET,
    figure: str | Unset = UNSET,
    q: str | Unset = "",
    expand: str | Unset = "",
    ordering: ListRequestsOrdering | Unset = ListRequestsOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_status: list[str] | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = []
        for status_item_data in status:
            status_item = status_item_data.value
            json_status.append(status_item)

    params["status"] = json_status

    params["request_type"] = request_type

    json_priority: list[str] | Unset = UNSET
    if not isinstance(priority, Unset):
        json_priority = []
        for priority_item_data in priority:
            priority_item = priority_item_data.value
            json_priority.append(priority_item)

    params["priority"] = json_priority

    json_assigned_to: int | str | Unset
    if isinstance(assigned_to, Unset):
        json_assigned_to = UNSET
    elif isinstance(assigned_to, ListRequestsAssignedToType1):
        json_assigned_to = assigned_to.value
    else:
        json_assigned_to = assigned_to
    params["assigned_to"] = json_assigned_to

    params["customer"] = customer

    params["external"] = external

    params["reference"] = reference

    json_created_after: str | Unset = UNSET
    if not isinstance(created_after, Unset):
        json_created_after = created_after.isoformat()
    params["created_after"] = json_created_after

    json_created_before: str | Unset = UNSET
    if not isinstance(created_before, Unset):
        json_created_before = created_before.isoformat()
    params["created_before"] = json_created_before

    json_updated_after: str | Unset = UNSET
    if not isinstance(updated_after, Unset):
        json_updated_after = updated_after.isoformat()
    params["updated_after"] = json_updated_after

    params["overdue"] = overdue

    params["figure"] = figure

    params["q"] = q

    params["expand"] = expand

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering.value

    params["ordering"] = json_ordering

    params["cursor"] = cursor

    params["page_size"] = page_size

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/requests/",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ServiceRequestPage | None:
    if response.status_code == 200:
        response_200 = ServiceRequestPage.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | ServiceRequestPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    status: list[Status] | Unset = UNSET,
    request_type: str | Unset = UNSET,
    priority: list[Priority] | Unset = UNSET,
    assigned_to: int | ListRequestsAssignedToType1 | Unset = UNSET,
    customer: int | Unset = UNSET,
    external: str | Unset = UNSET,
    reference: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
    overdue: bool | Unset = UNSET,
    figure: str | Unset = UNSET,
    q: str | Unset = "",
    expand: str | Unset = "",
    ordering: ListRequestsOrdering | Unset = ListRequestsOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Response[Problem | ServiceRequestPage]:
    """List requests

     List the requests that the caller can see.

    Args:
        status (list[Status] | Unset):
        request_type (str | Unset):
        priority (list[Priority] | Unset):
        assigned_to (int | ListRequestsAssignedToType1 | Unset):
        customer (int | Unset):
        external (str | Unset): An ID in another system, as `system:id`.
        reference (str | Unset):
        created_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        created_before (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        updated_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        overdue (bool | Unset):
        figure (str | Unset): From the URL of a count in a report. Do not write it.
        q (str | Unset):  Default: ''.
        expand (str | Unset): The fields whose ID is replaced by the object, separated by commas.
            Only for support. Default: ''.
        ordering (ListRequestsOrdering | Unset): The prefix `-` reverses the order. Default:
            ListRequestsOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ServiceRequestPage]
    """

    kwargs = _get_kwargs(
        status=status,
        request_type=request_type,
        priority=priority,
        assigned_to=assigned_to,
        customer=customer,
        external=external,
        reference=reference,
        created_after=created_after,
        created_before=created_before,
        updated_after=updated_after,
        overdue=overdue,
        figure=figure,
        q=q,
        expand=expand,
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
    status: list[Status] | Unset = UNSET,
    request_type: str | Unset = UNSET,
    priority: list[Priority] | Unset = UNSET,
    assigned_to: int | ListRequestsAssignedToType1 | Unset = UNSET,
    customer: int | Unset = UNSET,
    external: str | Unset = UNSET,
    reference: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
    overdue: bool | Unset = UNSET,
    figure: str | Unset = UNSET,
    q: str | Unset = "",
    expand: str | Unset = "",
    ordering: ListRequestsOrdering | Unset = ListRequestsOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Problem | ServiceRequestPage | None:
    """List requests

     List the requests that the caller can see.

    Args:
        status (list[Status] | Unset):
        request_type (str | Unset):
        priority (list[Priority] | Unset):
        assigned_to (int | ListRequestsAssignedToType1 | Unset):
        customer (int | Unset):
        external (str | Unset): An ID in another system, as `system:id`.
        reference (str | Unset):
        created_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        created_before (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        updated_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        overdue (bool | Unset):
        figure (str | Unset): From the URL of a count in a report. Do not write it.
        q (str | Unset):  Default: ''.
        expand (str | Unset): The fields whose ID is replaced by the object, separated by commas.
            Only for support. Default: ''.
        ordering (ListRequestsOrdering | Unset): The prefix `-` reverses the order. Default:
            ListRequestsOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ServiceRequestPage
    """

    return sync_detailed(
        client=client,
        status=status,
        request_type=request_type,
        priority=priority,
        assigned_to=assigned_to,
        customer=customer,
        external=external,
        reference=reference,
        created_after=created_after,
        created_before=created_before,
        updated_after=updated_after,
        overdue=overdue,
        figure=figure,
        q=q,
        expand=expand,
        ordering=ordering,
        cursor=cursor,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    status: list[Status] | Unset = UNSET,
    request_type: str | Unset = UNSET,
    priority: list[Priority] | Unset = UNSET,
    assigned_to: int | ListRequestsAssignedToType1 | Unset = UNSET,
    customer: int | Unset = UNSET,
    external: str | Unset = UNSET,
    reference: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
    overdue: bool | Unset = UNSET,
    figure: str | Unset = UNSET,
    q: str | Unset = "",
    expand: str | Unset = "",
    ordering: ListRequestsOrdering | Unset = ListRequestsOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Response[Problem | ServiceRequestPage]:
    """List requests

     List the requests that the caller can see.

    Args:
        status (list[Status] | Unset):
        request_type (str | Unset):
        priority (list[Priority] | Unset):
        assigned_to (int | ListRequestsAssignedToType1 | Unset):
        customer (int | Unset):
        external (str | Unset): An ID in another system, as `system:id`.
        reference (str | Unset):
        created_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        created_before (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        updated_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        overdue (bool | Unset):
        figure (str | Unset): From the URL of a count in a report. Do not write it.
        q (str | Unset):  Default: ''.
        expand (str | Unset): The fields whose ID is replaced by the object, separated by commas.
            Only for support. Default: ''.
        ordering (ListRequestsOrdering | Unset): The prefix `-` reverses the order. Default:
            ListRequestsOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ServiceRequestPage]
    """

    kwargs = _get_kwargs(
        status=status,
        request_type=request_type,
        priority=priority,
        assigned_to=assigned_to,
        customer=customer,
        external=external,
        reference=reference,
        created_after=created_after,
        created_before=created_before,
        updated_after=updated_after,
        overdue=overdue,
        figure=figure,
        q=q,
        expand=expand,
        ordering=ordering,
        cursor=cursor,
        page_size=page_size,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    status: list[Status] | Unset = UNSET,
    request_type: str | Unset = UNSET,
    priority: list[Priority] | Unset = UNSET,
    assigned_to: int | ListRequestsAssignedToType1 | Unset = UNSET,
    customer: int | Unset = UNSET,
    external: str | Unset = UNSET,
    reference: str | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    updated_after: datetime.datetime | Unset = UNSET,
    overdue: bool | Unset = UNSET,
    figure: str | Unset = UNSET,
    q: str | Unset = "",
    expand: str | Unset = "",
    ordering: ListRequestsOrdering | Unset = ListRequestsOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Problem | ServiceRequestPage | None:
    """List requests

     List the requests that the caller can see.

    Args:
        status (list[Status] | Unset):
        request_type (str | Unset):
        priority (list[Priority] | Unset):
        assigned_to (int | ListRequestsAssignedToType1 | Unset):
        customer (int | Unset):
        external (str | Unset): An ID in another system, as `system:id`.
        reference (str | Unset):
        created_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        created_before (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        updated_after (datetime.datetime | Unset): ISO 8601, such as `2026-11-23T14:30:00Z`; a
            plain date is the start of that day in the operator's time zone.
        overdue (bool | Unset):
        figure (str | Unset): From the URL of a count in a report. Do not write it.
        q (str | Unset):  Default: ''.
        expand (str | Unset): The fields whose ID is replaced by the object, separated by commas.
            Only for support. Default: ''.
        ordering (ListRequestsOrdering | Unset): The prefix `-` reverses the order. Default:
            ListRequestsOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ServiceRequestPage
    """

    return (
        await asyncio_detailed(
            client=client,
            status=status,
            request_type=request_type,
            priority=priority,
            assigned_to=assigned_to,
            customer=customer,
            external=external,
            reference=reference,
            created_after=created_after,
            created_before=created_before,
            updated_after=updated_after,
            overdue=overdue,
            figure=figure,
            q=q,
            expand=expand,
            ordering=ordering,
            cursor=cursor,
            page_size=page_size,
        )
    ).parsed
