from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.any_emergency_report import AnyEmergencyReport
from ...models.gas_leak_inspection_emergency_report import (
    GasLeakInspectionEmergencyReport,
)
from ...models.problem import Problem
from ...models.service_request import ServiceRequest
from ...models.third_party_damage_emergency_report import (
    ThirdPartyDamageEmergencyReport,
)
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: AnyEmergencyReport | GasLeakInspectionEmergencyReport | ThirdPartyDamageEmergencyReport | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/emergencies/",
    }

    if isinstance(body, GasLeakInspectionEmergencyReport):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, ThirdPartyDamageEmergencyReport):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ServiceRequest | None:
    if response.status_code == 201:
        response_201 = ServiceRequest.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())

        return response_408

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | ServiceRequest]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: AnyEmergencyReport | GasLeakInspectionEmergencyReport | ThirdPartyDamageEmergencyReport | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Response[Problem | ServiceRequest]:
    """Report emergency

     Report an emergency without an account.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (AnyEmergencyReport | GasLeakInspectionEmergencyReport |
            ThirdPartyDamageEmergencyReport | Unset): An emergency that a person without an account
            reports. A place is needed, and nothing else. The type decides on the fields of `details`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ServiceRequest]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: AnyEmergencyReport | GasLeakInspectionEmergencyReport | ThirdPartyDamageEmergencyReport | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Problem | ServiceRequest | None:
    """Report emergency

     Report an emergency without an account.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (AnyEmergencyReport | GasLeakInspectionEmergencyReport |
            ThirdPartyDamageEmergencyReport | Unset): An emergency that a person without an account
            reports. A place is needed, and nothing else. The type decides on the fields of `details`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ServiceRequest
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: AnyEmergencyReport | GasLeakInspectionEmergencyReport | ThirdPartyDamageEmergencyReport | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Response[Problem | ServiceRequest]:
    """Report emergency

     Report an emergency without an account.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (AnyEmergencyReport | GasLeakInspectionEmergencyReport |
            ThirdPartyDamageEmergencyReport | Unset): An emergency that a person without an account
            reports. A place is needed, and nothing else. The type decides on the fields of `details`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ServiceRequest]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: AnyEmergencyReport | GasLeakInspectionEmergencyReport | ThirdPartyDamageEmergencyReport | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Problem | ServiceRequest | None:
    """Report emergency

     Report an emergency without an account.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (AnyEmergencyReport | GasLeakInspectionEmergencyReport |
            ThirdPartyDamageEmergencyReport | Unset): An emergency that a person without an account
            reports. A place is needed, and nothing else. The type decides on the fields of `details`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ServiceRequest
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
