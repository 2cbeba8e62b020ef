from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.appliance_conversion_submission import ApplianceConversionSubmission
from ...models.billing_dispute_submission import BillingDisputeSubmission
from ...models.create_request_files_create_request_form import (
    CreateRequestFilesCreateRequestForm,
)
from ...models.disconnection_submission import DisconnectionSubmission
from ...models.gas_leak_inspection_submission import GasLeakInspectionSubmission
from ...models.meter_reading_dispute_submission import MeterReadingDisputeSubmission
from ...models.meter_replacement_submission import MeterReplacementSubmission
from ...models.name_transfer_submission import NameTransferSubmission
from ...models.new_connection_submission import NewConnectionSubmission
from ...models.no_supply_submission import NoSupplySubmission
from ...models.pressure_problem_submission import PressureProblemSubmission
from ...models.problem import Problem
from ...models.reconnection_submission import ReconnectionSubmission
from ...models.safety_inspection_submission import SafetyInspectionSubmission
from ...models.service_request import ServiceRequest
from ...models.third_party_damage_submission import ThirdPartyDamageSubmission
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: ApplianceConversionSubmission
    | BillingDisputeSubmission
    | DisconnectionSubmission
    | GasLeakInspectionSubmission
    | MeterReadingDisputeSubmission
    | MeterReplacementSubmission
    | NameTransferSubmission
    | NewConnectionSubmission
    | NoSupplySubmission
    | PressureProblemSubmission
    | ReconnectionSubmission
    | SafetyInspectionSubmission
    | ThirdPartyDamageSubmission
    | CreateRequestFilesCreateRequestForm
    | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/requests/",
    }

    if isinstance(
        body,
        ApplianceConversionSubmission
        | BillingDisputeSubmission
        | DisconnectionSubmission
        | GasLeakInspectionSubmission
        | MeterReadingDisputeSubmission
        | MeterReplacementSubmission
        | NameTransferSubmission
        | NewConnectionSubmission
        | NoSupplySubmission
        | PressureProblemSubmission
        | ReconnectionSubmission
        | SafetyInspectionSubmission
        | ThirdPartyDamageSubmission,
    ):
        if isinstance(body, ApplianceConversionSubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, BillingDisputeSubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, DisconnectionSubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, GasLeakInspectionSubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, MeterReadingDisputeSubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, MeterReplacementSubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, NameTransferSubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, NewConnectionSubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, NoSupplySubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, PressureProblemSubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, ReconnectionSubmission):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, SafetyInspectionSubmission):
            _kwargs["json"] = body.to_dict()
        else:
            _kwargs["json"] = body.to_dict()

        headers["Content-Type"] = "application/json"
    if isinstance(body, CreateRequestFilesCreateRequestForm):
        _kwargs["files"] = body.to_multipart()

        headers["Content-Type"] = "multipart/form-data; boundary=+++"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ServiceRequest | None:
    if response.status_code == 201:
        response_201 = ServiceRequest.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())

        return response_408

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | ServiceRequest]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: ApplianceConversionSubmission
    | BillingDisputeSubmission
    | DisconnectionSubmission
    | GasLeakInspectionSubmission
    | MeterReadingDisputeSubmission
    | MeterReplacementSubmission
    | NameTransferSubmission
    | NewConnectionSubmission
    | NoSupplySubmission
    | PressureProblemSubmission
    | ReconnectionSubmission
    | SafetyInspectionSubmission
    | ThirdPartyDamageSubmission
    | CreateRequestFilesCreateRequestForm
    | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Response[Problem | ServiceRequest]:
    """Create request

     File a request, with or without files. The default address is that of the customer's profile.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (ApplianceConversionSubmission | BillingDisputeSubmission | DisconnectionSubmission |
            GasLeakInspectionSubmission | MeterReadingDisputeSubmission | MeterReplacementSubmission |
            NameTransferSubmission | NewConnectionSubmission | NoSupplySubmission |
            PressureProblemSubmission | ReconnectionSubmission | SafetyInspectionSubmission |
            ThirdPartyDamageSubmission): A request to file. The type decides on the fields of
            `details`.
        body (CreateRequestFilesCreateRequestForm):

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
    client: AuthenticatedClient,
    body: ApplianceConversionSubmission
    | BillingDisputeSubmission
    | DisconnectionSubmission
    | GasLeakInspectionSubmission
    | MeterReadingDisputeSubmission
    | MeterReplacementSubmission
    | NameTransferSubmission
    | NewConnectionSubmission
    | NoSupplySubmission
    | PressureProblemSubmission
    | ReconnectionSubmission
    | SafetyInspectionSubmission
    | ThirdPartyDamageSubmission
    | CreateRequestFilesCreateRequestForm
    | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Problem | ServiceRequest | None:
    """Create request

     File a request, with or without files. The default address is that of the customer's profile.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (ApplianceConversionSubmission | BillingDisputeSubmission | DisconnectionSubmission |
            GasLeakInspectionSubmission | MeterReadingDisputeSubmission | MeterReplacementSubmission |
            NameTransferSubmission | NewConnectionSubmission | NoSupplySubmission |
            PressureProblemSubmission | ReconnectionSubmission | SafetyInspectionSubmission |
            ThirdPartyDamageSubmission): A request to file. The type decides on the fields of
            `details`.
        body (CreateRequestFilesCreateRequestForm):

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
    client: AuthenticatedClient,
    body: ApplianceConversionSubmission
    | BillingDisputeSubmission
    | DisconnectionSubmission
    | GasLeakInspectionSubmission
    | MeterReadingDisputeSubmission
    | MeterReplacementSubmission
    | NameTransferSubmission
    | NewConnectionSubmission
    | NoSupplySubmission
    | PressureProblemSubmission
    | ReconnectionSubmission
    | SafetyInspectionSubmission
    | ThirdPartyDamageSubmission
    | CreateRequestFilesCreateRequestForm
    | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Response[Problem | ServiceRequest]:
    """Create request

     File a request, with or without files. The default address is that of the customer's profile.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (ApplianceConversionSubmission | BillingDisputeSubmission | DisconnectionSubmission |
            GasLeakInspectionSubmission | MeterReadingDisputeSubmission | MeterReplacementSubmission |
            NameTransferSubmission | NewConnectionSubmission | NoSupplySubmission |
            PressureProblemSubmission | ReconnectionSubmission | SafetyInspectionSubmission |
            ThirdPartyDamageSubmission): A request to file. The type decides on the fields of
            `details`.
        body (CreateRequestFilesCreateRequestForm):

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
    client: AuthenticatedClient,
    body: ApplianceConversionSubmission
    | BillingDisputeSubmission
    | DisconnectionSubmission
    | GasLeakInspectionSubmission
    | MeterReadingDisputeSubmission
    | MeterReplacementSubmission
    | NameTransferSubmission
    | NewConnectionSubmission
    | NoSupplySubmission
    | PressureProblemSubmission
    | ReconnectionSubmission
    | SafetyInspectionSubmission
    | ThirdPartyDamageSubmission
    | CreateRequestFilesCreateRequestForm
    | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Problem | ServiceRequest | None:
    """Create request

     File a request, with or without files. The default address is that of the customer's profile.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (ApplianceConversionSubmission | BillingDisputeSubmission | DisconnectionSubmission |
            GasLeakInspectionSubmission | MeterReadingDisputeSubmission | MeterReplacementSubmission |
            NameTransferSubmission | NewConnectionSubmission | NoSupplySubmission |
            PressureProblemSubmission | ReconnectionSubmission | SafetyInspectionSubmission |
            ThirdPartyDamageSubmission): A request to file. The type decides on the fields of
            `details`.
        body (CreateRequestFilesCreateRequestForm):

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
