"""A request of every shipped type, by way of the generated client.

What mypy finds wrong in here, an app's author would find too.
"""

from gasutil_client.generated import AuthenticatedClient
from gasutil_client.generated import models as m
from gasutil_client.generated.api.requests import create_request

SUBMISSIONS = (
    m.ApplianceConversionSubmission(
        "appliance_conversion",
        "To piped gas",
        details=m.ApplianceConversionDetails(
            present_fuel=m.ApplianceConversionDetailsPresentFuel.LPG_CYLINDER,
            appliances=[m.ApplianceConversionDetailsAppliancesItem.HEATING],
            appliance_count=2,
        ),
    ),
    m.BillingDisputeSubmission(
        "billing_dispute",
        "I have paid this bill",
        m.BillingDisputeDetails(m.BillingDisputeDetailsReason.ALREADY_PAID, disputed_amount=120.5),
    ),
    m.DisconnectionSubmission(
        "disconnection",
        "I am moving out",
        m.DisconnectionDetails(
            m.DisconnectionDetailsReason.MOVING_OUT, later_phone="+917890123456"
        ),
    ),
    m.GasLeakInspectionSubmission(
        "gas_leak_inspection",
        "It smells of gas",
        details=m.GasLeakInspectionDetails(
            location=m.GasLeakInspectionDetailsLocation.INSIDE, everyone_out=True
        ),
    ),
    m.MeterReadingDisputeSubmission(
        "meter_reading_dispute",
        "The bill differs from the meter",
        m.MeterReadingDisputeDetails(
            m.MeterReadingDisputeDetailsDisputeAbout.BILL_DIFFERS,
            meter_number="GM-48213",
            reading=1234.5,
        ),
    ),
    m.MeterReplacementSubmission(
        "meter_replacement",
        "The meter is broken",
        details=m.MeterReplacementDetails(
            device=m.MeterReplacementDetailsDevice.METER,
            faults=[m.MeterReplacementDetailsFaultsItem.BROKEN],
            has_gas=True,
        ),
    ),
    m.NameTransferSubmission(
        "name_transfer",
        "I inherited the flat",
        details=m.NameTransferDetails(
            requester=m.NameTransferDetailsRequester.HEIR,
            reason=m.NameTransferDetailsReason.INHERITANCE,
            new_holder_email="anshu.singh@gmail.com",
        ),
    ),
    m.NewConnectionSubmission(
        "new_connection",
        "For a new flat",
        details=m.NewConnectionDetails(
            premises_type=m.NewConnectionDetailsPremisesType.HOME,
            tenure=m.NewConnectionDetailsTenure.OWNER,
            monthly_use=30,
        ),
    ),
    m.NoSupplySubmission(
        "no_supply",
        "There is no gas",
        details=m.NoSupplyDetails(
            neighbours_affected=m.NoSupplyDetailsNeighboursAffected.YES,
            valve=m.NoSupplyDetailsValve.OPEN,
            is_prepaid=False,
        ),
    ),
    m.PressureProblemSubmission(
        "pressure_problem",
        "The flames are small",
        details=m.PressureProblemDetails(
            problem=m.PressureProblemDetailsProblem.LOW, when=m.PressureProblemDetailsWhen.ALWAYS
        ),
    ),
    m.ReconnectionSubmission(
        "reconnection",
        "I am back",
        details=m.ReconnectionDetails(
            reason_off=m.ReconnectionDetailsReasonOff.OWN_WISH, adult_present=True
        ),
    ),
    m.SafetyInspectionSubmission(
        "safety_inspection",
        "Once a year",
        details=m.SafetyInspectionDetails(
            reason=m.SafetyInspectionDetailsReason.NEW_HOME,
            visit_slot=[m.SafetyInspectionDetailsVisitSlotItem.WEEKDAY_MORNING],
        ),
    ),
    m.ThirdPartyDamageSubmission(
        "third_party_damage",
        "A digger hit a pipe",
        details=m.ThirdPartyDamageDetails(
            what_was_hit=m.ThirdPartyDamageDetailsWhatWasHit.MAIN,
            gas_escaping=m.ThirdPartyDamageDetailsGasEscaping.BLOWING,
            people_hurt=False,
        ),
    ),
)


def file_requests(client: AuthenticatedClient) -> list[m.ServiceRequest]:
    """File a request of every type, and return what was created."""
    filed = [create_request.sync(client=client, body=submission) for submission in SUBMISSIONS]
    return [one for one in filed if isinstance(one, m.ServiceRequest)]
