from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.attachment_page import AttachmentPage
from ...models.list_attachments_ordering import ListAttachmentsOrdering
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    service_request: int | Unset = UNSET,
    ordering: ListAttachmentsOrdering | Unset = ListAttachmentsOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["service_request"] = service_request

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering.value

    params["ordering"] = json_ordering

    params["cursor"] = cursor

    params["page_size"] = page_size

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/attachments/",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> AttachmentPage | Problem | None:
    if response.status_code == 200:
        response_200 = AttachmentPage.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[AttachmentPage | Problem]:
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
    ordering: ListAttachmentsOrdering | Unset = ListAttachmentsOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Response[AttachmentPage | Problem]:
    """List attachments

     List the attachments that the caller can see.

    Args:
        service_request (int | Unset):
        ordering (ListAttachmentsOrdering | Unset): The prefix `-` reverses the order. Default:
            ListAttachmentsOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AttachmentPage | Problem]
    """

    kwargs = _get_kwargs(
        service_request=service_request,
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
    ordering: ListAttachmentsOrdering | Unset = ListAttachmentsOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> AttachmentPage | Problem | None:
    """List attachments

     List the attachments that the caller can see.

    Args:
        service_request (int | Unset):
        ordering (ListAttachmentsOrdering | Unset): The prefix `-` reverses the order. Default:
            ListAttachmentsOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AttachmentPage | Problem
    """

    return sync_detailed(
        client=client,
        service_request=service_request,
        ordering=ordering,
        cursor=cursor,
        page_size=page_size,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    service_request: int | Unset = UNSET,
    ordering: ListAttachmentsOrdering | Unset = ListAttachmentsOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> Response[AttachmentPage | Problem]:
    """List attachments

     List the attachments that the caller can see.

    Args:
        service_request (int | Unset):
        ordering (ListAttachmentsOrdering | Unset): The prefix `-` reverses the order. Default:
            ListAttachmentsOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AttachmentPage | Problem]
    """

    kwargs = _get_kwargs(
        service_request=service_request,
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
    ordering: ListAttachmentsOrdering | Unset = ListAttachmentsOrdering.VALUE_1,
    cursor: str | Unset = "",
    page_size: int | Unset = 20,
) -> AttachmentPage | Problem | None:
    """List attachments

     List the attachments that the caller can see.

    Args:
        service_request (int | Unset):
        ordering (ListAttachmentsOrdering | Unset): The prefix `-` reverses the order. Default:
            ListAttachmentsOrdering.VALUE_1.
        cursor (str | Unset): From the `next` or `previous` URL of another page. Default: ''.
        page_size (int | Unset):  Default: 20.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AttachmentPage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            service_request=service_request,
            ordering=ordering,
            cursor=cursor,
            page_size=page_size,
        )
    ).parsed
