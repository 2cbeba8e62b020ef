import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.get_report_format import GetReportFormat
from ...models.problem import Problem
from ...models.report_table import ReportTable
from ...types import UNSET, Response, Unset


def _get_kwargs(
    name: str,
    *,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
    request_type: str | Unset = "",
    team: int | None | Unset = UNSET,
    format_: GetReportFormat | Unset = GetReportFormat.VALUE_0,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_from_: None | str | Unset
    if isinstance(from_, Unset):
        json_from_ = UNSET
    elif isinstance(from_, datetime.date):
        json_from_ = from_.isoformat()
    else:
        json_from_ = from_
    params["from"] = json_from_

    json_to: None | str | Unset
    if isinstance(to, Unset):
        json_to = UNSET
    elif isinstance(to, datetime.date):
        json_to = to.isoformat()
    else:
        json_to = to
    params["to"] = json_to

    params["request_type"] = request_type

    json_team: int | None | Unset
    if isinstance(team, Unset):
        json_team = UNSET
    else:
        json_team = team
    params["team"] = json_team

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_.value

    params["format"] = json_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/reports/{name}/".format(
            name=quote(str(name), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ReportTable | None:
    if response.status_code == 200:
        response_200 = ReportTable.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | ReportTable]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    name: str,
    *,
    client: AuthenticatedClient,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
    request_type: str | Unset = "",
    team: int | None | Unset = UNSET,
    format_: GetReportFormat | Unset = GetReportFormat.VALUE_0,
) -> Response[Problem | ReportTable]:
    """Get report

     Return a report as JSON, or as CSV with `format=csv` or `Accept: text/csv`.

    Args:
        name (str):
        from_ (datetime.date | None | Unset): The first day, by default the first of this month.
        to (datetime.date | None | Unset): The day after the last one, by default tomorrow.
        request_type (str | Unset): Only requests of this type. Default: ''.
        team (int | None | Unset): Only the request types of this team.
        format_ (GetReportFormat | Unset): `json` or `csv`; without it, `Accept` decides. Default:
            GetReportFormat.VALUE_0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ReportTable]
    """

    kwargs = _get_kwargs(
        name=name,
        from_=from_,
        to=to,
        request_type=request_type,
        team=team,
        format_=format_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    name: str,
    *,
    client: AuthenticatedClient,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
    request_type: str | Unset = "",
    team: int | None | Unset = UNSET,
    format_: GetReportFormat | Unset = GetReportFormat.VALUE_0,
) -> Problem | ReportTable | None:
    """Get report

     Return a report as JSON, or as CSV with `format=csv` or `Accept: text/csv`.

    Args:
        name (str):
        from_ (datetime.date | None | Unset): The first day, by default the first of this month.
        to (datetime.date | None | Unset): The day after the last one, by default tomorrow.
        request_type (str | Unset): Only requests of this type. Default: ''.
        team (int | None | Unset): Only the request types of this team.
        format_ (GetReportFormat | Unset): `json` or `csv`; without it, `Accept` decides. Default:
            GetReportFormat.VALUE_0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ReportTable
    """

    return sync_detailed(
        name=name,
        client=client,
        from_=from_,
        to=to,
        request_type=request_type,
        team=team,
        format_=format_,
    ).parsed


async def asyncio_detailed(
    name: str,
    *,
    client: AuthenticatedClient,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
    request_type: str | Unset = "",
    team: int | None | Unset = UNSET,
    format_: GetReportFormat | Unset = GetReportFormat.VALUE_0,
) -> Response[Problem | ReportTable]:
    """Get report

     Return a report as JSON, or as CSV with `format=csv` or `Accept: text/csv`.

    Args:
        name (str):
        from_ (datetime.date | None | Unset): The first day, by default the first of this month.
        to (datetime.date | None | Unset): The day after the last one, by default tomorrow.
        request_type (str | Unset): Only requests of this type. Default: ''.
        team (int | None | Unset): Only the request types of this team.
        format_ (GetReportFormat | Unset): `json` or `csv`; without it, `Accept` decides. Default:
            GetReportFormat.VALUE_0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ReportTable]
    """

    kwargs = _get_kwargs(
        name=name,
        from_=from_,
        to=to,
        request_type=request_type,
        team=team,
        format_=format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    name: str,
    *,
    client: AuthenticatedClient,
    from_: datetime.date | None | Unset = UNSET,
    to: datetime.date | None | Unset = UNSET,
    request_type: str | Unset = "",
    team: int | None | Unset = UNSET,
    format_: GetReportFormat | Unset = GetReportFormat.VALUE_0,
) -> Problem | ReportTable | None:
    """Get report

     Return a report as JSON, or as CSV with `format=csv` or `Accept: text/csv`.

    Args:
        name (str):
        from_ (datetime.date | None | Unset): The first day, by default the first of this month.
        to (datetime.date | None | Unset): The day after the last one, by default tomorrow.
        request_type (str | Unset): Only requests of this type. Default: ''.
        team (int | None | Unset): Only the request types of this team.
        format_ (GetReportFormat | Unset): `json` or `csv`; without it, `Accept` decides. Default:
            GetReportFormat.VALUE_0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ReportTable
    """

    return (
        await asyncio_detailed(
            name=name,
            client=client,
            from_=from_,
            to=to,
            request_type=request_type,
            team=team,
            format_=format_,
        )
    ).parsed
