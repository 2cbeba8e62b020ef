from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.appliance_conversion_intake import ApplianceConversionIntake
from ...models.billing_dispute_intake import BillingDisputeIntake
from ...models.disconnection_intake import DisconnectionIntake
from ...models.gas_leak_inspection_intake import GasLeakInspectionIntake
from ...models.intake_request_files_intake_request_form import (
    IntakeRequestFilesIntakeRequestForm,
)
from ...models.meter_reading_dispute_intake import MeterReadingDisputeIntake
from ...models.meter_replacement_intake import MeterReplacementIntake
from ...models.name_transfer_intake import NameTransferIntake
from ...models.new_connection_intake import NewConnectionIntake
from ...models.no_supply_intake import NoSupplyIntake
from ...models.pressure_problem_intake import PressureProblemIntake
from ...models.problem import Problem
from ...models.reconnection_intake import ReconnectionIntake
from ...models.safety_inspection_intake import SafetyInspectionIntake
from ...models.service_request import ServiceRequest
from ...models.third_party_damage_intake import ThirdPartyDamageIntake
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: ApplianceConversionIntake
    | BillingDisputeIntake
    | DisconnectionIntake
    | GasLeakInspectionIntake
    | MeterReadingDisputeIntake
    | MeterReplacementIntake
    | NameTransferIntake
    | NewConnectionIntake
    | NoSupplyIntake
    | PressureProblemIntake
    | ReconnectionIntake
    | SafetyInspectionIntake
    | ThirdPartyDamageIntake
    | IntakeRequestFilesIntakeRequestForm
    | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/intake/",
    }

    if isinstance(
        body,
        ApplianceConversionIntake
        | BillingDisputeIntake
        | DisconnectionIntake
        | GasLeakInspectionIntake
        | MeterReadingDisputeIntake
        | MeterReplacementIntake
        | NameTransferIntake
        | NewConnectionIntake
        | NoSupplyIntake
        | PressureProblemIntake
        | ReconnectionIntake
        | SafetyInspectionIntake
        | ThirdPartyDamageIntake,
    ):
        if isinstance(body, ApplianceConversionIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, BillingDisputeIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, DisconnectionIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, GasLeakInspectionIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, MeterReadingDisputeIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, MeterReplacementIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, NameTransferIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, NewConnectionIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, NoSupplyIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, PressureProblemIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, ReconnectionIntake):
            _kwargs["json"] = body.to_dict()
        elif isinstance(body, SafetyInspectionIntake):
            _kwargs["json"] = body.to_dict()
        else:
            _kwargs["json"] = body.to_dict()

        headers["Content-Type"] = "application/json"
    if isinstance(body, IntakeRequestFilesIntakeRequestForm):
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
    body: ApplianceConversionIntake
    | BillingDisputeIntake
    | DisconnectionIntake
    | GasLeakInspectionIntake
    | MeterReadingDisputeIntake
    | MeterReplacementIntake
    | NameTransferIntake
    | NewConnectionIntake
    | NoSupplyIntake
    | PressureProblemIntake
    | ReconnectionIntake
    | SafetyInspectionIntake
    | ThirdPartyDamageIntake
    | IntakeRequestFilesIntakeRequestForm
    | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Response[Problem | ServiceRequest]:
    """Intake request

     Create a request for another person, who owns it as if they had filed it.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (ApplianceConversionIntake | BillingDisputeIntake | DisconnectionIntake |
            GasLeakInspectionIntake | MeterReadingDisputeIntake | MeterReplacementIntake |
            NameTransferIntake | NewConnectionIntake | NoSupplyIntake | PressureProblemIntake |
            ReconnectionIntake | SafetyInspectionIntake | ThirdPartyDamageIntake): A request that
            support files for a customer or for a caller without an account. The type decides on the
            fields of `details`.
        body (IntakeRequestFilesIntakeRequestForm):

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
    body: ApplianceConversionIntake
    | BillingDisputeIntake
    | DisconnectionIntake
    | GasLeakInspectionIntake
    | MeterReadingDisputeIntake
    | MeterReplacementIntake
    | NameTransferIntake
    | NewConnectionIntake
    | NoSupplyIntake
    | PressureProblemIntake
    | ReconnectionIntake
    | SafetyInspectionIntake
    | ThirdPartyDamageIntake
    | IntakeRequestFilesIntakeRequestForm
    | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Problem | ServiceRequest | None:
    """Intake request

     Create a request for another person, who owns it as if they had filed it.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (ApplianceConversionIntake | BillingDisputeIntake | DisconnectionIntake |
            GasLeakInspectionIntake | MeterReadingDisputeIntake | MeterReplacementIntake |
            NameTransferIntake | NewConnectionIntake | NoSupplyIntake | PressureProblemIntake |
            ReconnectionIntake | SafetyInspectionIntake | ThirdPartyDamageIntake): A request that
            support files for a customer or for a caller without an account. The type decides on the
            fields of `details`.
        body (IntakeRequestFilesIntakeRequestForm):

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
    body: ApplianceConversionIntake
    | BillingDisputeIntake
    | DisconnectionIntake
    | GasLeakInspectionIntake
    | MeterReadingDisputeIntake
    | MeterReplacementIntake
    | NameTransferIntake
    | NewConnectionIntake
    | NoSupplyIntake
    | PressureProblemIntake
    | ReconnectionIntake
    | SafetyInspectionIntake
    | ThirdPartyDamageIntake
    | IntakeRequestFilesIntakeRequestForm
    | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Response[Problem | ServiceRequest]:
    """Intake request

     Create a request for another person, who owns it as if they had filed it.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (ApplianceConversionIntake | BillingDisputeIntake | DisconnectionIntake |
            GasLeakInspectionIntake | MeterReadingDisputeIntake | MeterReplacementIntake |
            NameTransferIntake | NewConnectionIntake | NoSupplyIntake | PressureProblemIntake |
            ReconnectionIntake | SafetyInspectionIntake | ThirdPartyDamageIntake): A request that
            support files for a customer or for a caller without an account. The type decides on the
            fields of `details`.
        body (IntakeRequestFilesIntakeRequestForm):

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
    body: ApplianceConversionIntake
    | BillingDisputeIntake
    | DisconnectionIntake
    | GasLeakInspectionIntake
    | MeterReadingDisputeIntake
    | MeterReplacementIntake
    | NameTransferIntake
    | NewConnectionIntake
    | NoSupplyIntake
    | PressureProblemIntake
    | ReconnectionIntake
    | SafetyInspectionIntake
    | ThirdPartyDamageIntake
    | IntakeRequestFilesIntakeRequestForm
    | Unset = UNSET,
    idempotency_key: str | Unset = "",
) -> Problem | ServiceRequest | None:
    """Intake request

     Create a request for another person, who owns it as if they had filed it.

    Args:
        idempotency_key (str | Unset):  Default: ''.
        body (ApplianceConversionIntake | BillingDisputeIntake | DisconnectionIntake |
            GasLeakInspectionIntake | MeterReadingDisputeIntake | MeterReplacementIntake |
            NameTransferIntake | NewConnectionIntake | NoSupplyIntake | PressureProblemIntake |
            ReconnectionIntake | SafetyInspectionIntake | ThirdPartyDamageIntake): A request that
            support files for a customer or for a caller without an account. The type decides on the
            fields of `details`.
        body (IntakeRequestFilesIntakeRequestForm):

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
