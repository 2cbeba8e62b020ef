"""The story of the contract with the generated client. mypy checks it as it checks an app."""

from gasutil_client.generated import AuthenticatedClient, Client
from gasutil_client.generated.api.accounts import get_profile, register, replace_profile
from gasutil_client.generated.api.request_types import list_request_types
from gasutil_client.generated.api.request_updates import create_request_update
from gasutil_client.generated.api.requests import (
    create_request,
    get_request,
    list_requests,
    update_request,
)
from gasutil_client.generated.api.tokens import login, logout, refresh_login
from gasutil_client.generated.models import (
    Credentials,
    GasLeakInspectionDetails,
    GasLeakInspectionDetailsLocation,
    GasLeakInspectionSubmission,
    NewRequestUpdate,
    Problem,
    Profile,
    ProfileChange,
    RefreshToken,
    Registration,
    RequestTypePage,
    ServiceRequest,
    ServiceRequestChange,
    ServiceRequestDetail,
    ServiceRequestPage,
    Status,
    TokenPair,
    UserType,
)


def log_in(anyone: Client, username: str, password: str) -> TokenPair:
    """Log in, and return the tokens."""
    tokens = login.sync(client=anyone, body=Credentials(username, password))
    assert isinstance(tokens, TokenPair)
    return tokens


def register_customer(anyone: Client) -> Profile:
    """Register the customer of the given example."""
    profile = register.sync(
        client=anyone,
        body=Registration(
            username="anshu_singh",
            password="CustomerGas@2024",
            password2="CustomerGas@2024",
            email="anshu.singh@gmail.com",
            first_name="Anshu",
            last_name="Singh",
            phone_number="+917890123456",
            address="Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095",
            user_type=UserType.CUSTOMER,
        ),
    )
    assert isinstance(profile, Profile)
    return profile


def file_request(anyone: Client, client: AuthenticatedClient) -> int:
    """File the given leak as the customer, and return its id."""
    moved = replace_profile.sync(client=client, body=ProfileChange(phone_number="+917890123457"))
    assert isinstance(moved, Profile)
    shown = get_profile.sync(client=client)
    assert isinstance(shown, Profile)
    assert shown.phone_number == "+917890123457"
    catalogue = list_request_types.sync(client=anyone)
    assert isinstance(catalogue, RequestTypePage)
    assert "gas_leak_inspection" in [request_type.code for request_type in catalogue.results]
    details = GasLeakInspectionDetails(
        location=GasLeakInspectionDetailsLocation.INSIDE, everyone_out=True
    )
    leak = create_request.sync(
        client=client,
        body=GasLeakInspectionSubmission(
            "gas_leak_inspection", "Suspected gas leak near kitchen stove", details=details
        ),
        idempotency_key="a retry brings the same",
    )
    assert isinstance(leak, ServiceRequest)
    assert leak.details.to_dict() == {"location": "inside", "everyone_out": True}
    assert leak.resolve_by is not None
    return leak.id


def log_out(anyone: Client, tokens: TokenPair) -> None:
    """Refresh a login, and end it."""
    fresh = refresh_login.sync(client=anyone, body=RefreshToken(tokens.refresh))
    assert isinstance(fresh, TokenPair)
    assert logout.sync_detailed(client=anyone, body=RefreshToken(fresh.refresh)).status_code == 204


def work_request(client: AuthenticatedClient, pk: int) -> ServiceRequestDetail:
    """Work on the request as support, by both calls, and return it."""
    page = list_requests.sync(client=client, q="stove")
    assert isinstance(page, ServiceRequestPage)
    assert [row.id for row in page.results] == [pk]
    change = ServiceRequestChange(
        status=Status.IN_PROGRESS, notes="Technician assigned for inspection"
    )
    worked = update_request.sync(pk, client=client, body=change, if_match='"1"')
    assert isinstance(worked, ServiceRequest)
    assert worked.status is Status.IN_PROGRESS
    stale = update_request.sync(pk, client=client, body=change, if_match='"1"')
    assert isinstance(stale, Problem)
    assert stale.status == 412
    update = NewRequestUpdate(
        service_request=pk,
        status=Status.RESOLVED,
        notes="Gas leak fixed. No further action required.",
    )
    create_request_update.sync(client=client, body=update)
    shown = get_request.sync(pk, client=client)
    assert isinstance(shown, ServiceRequestDetail)
    return shown
