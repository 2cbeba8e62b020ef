"""Contains all the data models used in inputs/outputs"""

from .any_emergency_report import AnyEmergencyReport
from .any_emergency_report_details_type_0 import AnyEmergencyReportDetailsType0
from .appliance_conversion_details import ApplianceConversionDetails
from .appliance_conversion_details_appliances_item import (
    ApplianceConversionDetailsAppliancesItem,
)
from .appliance_conversion_details_fitter import ApplianceConversionDetailsFitter
from .appliance_conversion_details_present_fuel import (
    ApplianceConversionDetailsPresentFuel,
)
from .appliance_conversion_details_visit_slot_item import (
    ApplianceConversionDetailsVisitSlotItem,
)
from .appliance_conversion_intake import ApplianceConversionIntake
from .appliance_conversion_submission import ApplianceConversionSubmission
from .attach_file_attach_file_form import AttachFileAttachFileForm
from .attachment import Attachment
from .attachment_page import AttachmentPage
from .author_kind import AuthorKind
from .billing_dispute_details import BillingDisputeDetails
from .billing_dispute_details_reason import BillingDisputeDetailsReason
from .billing_dispute_intake import BillingDisputeIntake
from .billing_dispute_submission import BillingDisputeSubmission
from .caller import Caller
from .changed_value import ChangedValue
from .claim import Claim
from .comment import Comment
from .contact import Contact
from .create_request_files_create_request_form import (
    CreateRequestFilesCreateRequestForm,
)
from .credentials import Credentials
from .customer import Customer
from .customer_page import CustomerPage
from .dashboard import Dashboard
from .day import Day
from .disconnection_details import DisconnectionDetails
from .disconnection_details_duration import DisconnectionDetailsDuration
from .disconnection_details_reason import DisconnectionDetailsReason
from .disconnection_intake import DisconnectionIntake
from .disconnection_submission import DisconnectionSubmission
from .earlier_profile import EarlierProfile
from .email_confirmation import EmailConfirmation
from .entry_point import EntryPoint
from .erasure_request import ErasureRequest
from .event import Event
from .event_name import EventName
from .exported_email_change import ExportedEmailChange
from .exported_login import ExportedLogin
from .exported_notice import ExportedNotice
from .exported_profile import ExportedProfile
from .exported_request import ExportedRequest
from .exported_request_details import ExportedRequestDetails
from .exported_security_event import ExportedSecurityEvent
from .field_change import FieldChange
from .field_error import FieldError
from .field_error_params import FieldErrorParams
from .gas_leak_inspection_details import GasLeakInspectionDetails
from .gas_leak_inspection_details_first_noticed import (
    GasLeakInspectionDetailsFirstNoticed,
)
from .gas_leak_inspection_details_location import GasLeakInspectionDetailsLocation
from .gas_leak_inspection_details_people_needing_care_item import (
    GasLeakInspectionDetailsPeopleNeedingCareItem,
)
from .gas_leak_inspection_details_signs_item import GasLeakInspectionDetailsSignsItem
from .gas_leak_inspection_details_smell_strength import (
    GasLeakInspectionDetailsSmellStrength,
)
from .gas_leak_inspection_details_valve import GasLeakInspectionDetailsValve
from .gas_leak_inspection_emergency_report import GasLeakInspectionEmergencyReport
from .gas_leak_inspection_intake import GasLeakInspectionIntake
from .gas_leak_inspection_submission import GasLeakInspectionSubmission
from .get_report_format import GetReportFormat
from .get_request_proof_format import GetRequestProofFormat
from .history import History
from .history_entry import HistoryEntry
from .incident import Incident
from .incident_change import IncidentChange
from .incident_closed import IncidentClosed
from .incident_page import IncidentPage
from .incident_reports import IncidentReports
from .incident_update import IncidentUpdate
from .incident_written import IncidentWritten
from .intake_request_files_intake_request_form import (
    IntakeRequestFilesIntakeRequestForm,
)
from .kept_report import KeptReport
from .language import Language
from .limit import Limit
from .list_attachments_ordering import ListAttachmentsOrdering
from .list_customers_ordering import ListCustomersOrdering
from .list_incidents_ordering import ListIncidentsOrdering
from .list_logins_ordering import ListLoginsOrdering
from .list_request_types_ordering import ListRequestTypesOrdering
from .list_request_updates_ordering import ListRequestUpdatesOrdering
from .list_requests_assigned_to_type_1 import ListRequestsAssignedToType1
from .list_requests_ordering import ListRequestsOrdering
from .list_staff_members_ordering import ListStaffMembersOrdering
from .list_webhooks_ordering import ListWebhooksOrdering
from .log_key_period import LogKeyPeriod
from .log_keys import LogKeys
from .login import Login
from .login_page import LoginPage
from .meter_reading_dispute_details import MeterReadingDisputeDetails
from .meter_reading_dispute_details_dispute_about import (
    MeterReadingDisputeDetailsDisputeAbout,
)
from .meter_reading_dispute_intake import MeterReadingDisputeIntake
from .meter_reading_dispute_submission import MeterReadingDisputeSubmission
from .meter_replacement_details import MeterReplacementDetails
from .meter_replacement_details_device import MeterReplacementDetailsDevice
from .meter_replacement_details_faults_item import MeterReplacementDetailsFaultsItem
from .meter_replacement_details_meter_location import (
    MeterReplacementDetailsMeterLocation,
)
from .meter_replacement_intake import MeterReplacementIntake
from .meter_replacement_submission import MeterReplacementSubmission
from .milestone import Milestone
from .milestone_record import MilestoneRecord
from .muted_notices import MutedNotices
from .name_transfer_details import NameTransferDetails
from .name_transfer_details_proof_item import NameTransferDetailsProofItem
from .name_transfer_details_reason import NameTransferDetailsReason
from .name_transfer_details_requester import NameTransferDetailsRequester
from .name_transfer_intake import NameTransferIntake
from .name_transfer_submission import NameTransferSubmission
from .new_connection_details import NewConnectionDetails
from .new_connection_details_appliances_item import NewConnectionDetailsAppliancesItem
from .new_connection_details_documents_item import NewConnectionDetailsDocumentsItem
from .new_connection_details_pipe_nearby import NewConnectionDetailsPipeNearby
from .new_connection_details_premises_type import NewConnectionDetailsPremisesType
from .new_connection_details_tenure import NewConnectionDetailsTenure
from .new_connection_details_visit_slot_item import NewConnectionDetailsVisitSlotItem
from .new_connection_intake import NewConnectionIntake
from .new_connection_submission import NewConnectionSubmission
from .new_incident import NewIncident
from .new_request_update import NewRequestUpdate
from .new_webhook import NewWebhook
from .no_supply_details import NoSupplyDetails
from .no_supply_details_neighbours_affected import NoSupplyDetailsNeighboursAffected
from .no_supply_details_people_needing_care_item import (
    NoSupplyDetailsPeopleNeedingCareItem,
)
from .no_supply_details_valve import NoSupplyDetailsValve
from .no_supply_intake import NoSupplyIntake
from .no_supply_submission import NoSupplySubmission
from .notes import Notes
from .open_of_type import OpenOfType
from .own_password import OwnPassword
from .password_and_code import PasswordAndCode
from .password_change import PasswordChange
from .password_reset import PasswordReset
from .password_reset_request import PasswordResetRequest
from .personal_data import PersonalData
from .pressure_problem_details import PressureProblemDetails
from .pressure_problem_details_appliances_item import (
    PressureProblemDetailsAppliancesItem,
)
from .pressure_problem_details_neighbours_affected import (
    PressureProblemDetailsNeighboursAffected,
)
from .pressure_problem_details_problem import PressureProblemDetailsProblem
from .pressure_problem_details_when import PressureProblemDetailsWhen
from .pressure_problem_intake import PressureProblemIntake
from .pressure_problem_submission import PressureProblemSubmission
from .priority import Priority
from .problem import Problem
from .problem_type import ProblemType
from .profile import Profile
from .profile_change import ProfileChange
from .proved_row import ProvedRow
from .proved_row_disclosures import ProvedRowDisclosures
from .reclassification import Reclassification
from .reconnection_details import ReconnectionDetails
from .reconnection_details_people_needing_care_item import (
    ReconnectionDetailsPeopleNeedingCareItem,
)
from .reconnection_details_reason_off import ReconnectionDetailsReasonOff
from .reconnection_details_visit_slot_item import ReconnectionDetailsVisitSlotItem
from .reconnection_intake import ReconnectionIntake
from .reconnection_submission import ReconnectionSubmission
from .recovery_code_list import RecoveryCodeList
from .reference import Reference
from .reference_input import ReferenceInput
from .refresh_token import RefreshToken
from .refused_file import RefusedFile
from .registration import Registration
from .report_count import ReportCount
from .report_name import ReportName
from .report_names import ReportNames
from .report_table import ReportTable
from .report_table_rows_item import ReportTableRowsItem
from .request_proof import RequestProof
from .request_type import RequestType
from .request_type_page import RequestTypePage
from .request_type_schema import RequestTypeSchema
from .request_update import RequestUpdate
from .request_update_changes import RequestUpdateChanges
from .request_update_page import RequestUpdatePage
from .safety_inspection_details import SafetyInspectionDetails
from .safety_inspection_details_appliances_item import (
    SafetyInspectionDetailsAppliancesItem,
)
from .safety_inspection_details_people_needing_care_item import (
    SafetyInspectionDetailsPeopleNeedingCareItem,
)
from .safety_inspection_details_reason import SafetyInspectionDetailsReason
from .safety_inspection_details_visit_slot_item import (
    SafetyInspectionDetailsVisitSlotItem,
)
from .safety_inspection_intake import SafetyInspectionIntake
from .safety_inspection_submission import SafetyInspectionSubmission
from .second_factor import SecondFactor
from .second_factor_code import SecondFactorCode
from .second_factor_setup import SecondFactorSetup
from .security_outcome import SecurityOutcome
from .service_request import ServiceRequest
from .service_request_change import ServiceRequestChange
from .service_request_detail import ServiceRequestDetail
from .service_request_detail_details import ServiceRequestDetailDetails
from .service_request_details import ServiceRequestDetails
from .service_request_page import ServiceRequestPage
from .staff_member import StaffMember
from .staff_member_page import StaffMemberPage
from .state import State
from .status import Status
from .stream_ticket import StreamTicket
from .team_name import TeamName
from .third_party_damage_details import ThirdPartyDamageDetails
from .third_party_damage_details_cause import ThirdPartyDamageDetailsCause
from .third_party_damage_details_gas_escaping import ThirdPartyDamageDetailsGasEscaping
from .third_party_damage_details_nearby_item import ThirdPartyDamageDetailsNearbyItem
from .third_party_damage_details_what_was_hit import ThirdPartyDamageDetailsWhatWasHit
from .third_party_damage_emergency_report import ThirdPartyDamageEmergencyReport
from .third_party_damage_intake import ThirdPartyDamageIntake
from .third_party_damage_submission import ThirdPartyDamageSubmission
from .token_pair import TokenPair
from .user_type import UserType
from .webhook import Webhook
from .webhook_change import WebhookChange
from .webhook_change_state import WebhookChangeState
from .webhook_deliveries import WebhookDeliveries
from .webhook_delivery import WebhookDelivery
from .webhook_page import WebhookPage
from .webhook_state import WebhookState

__all__ = (
    "AnyEmergencyReport",
    "AnyEmergencyReportDetailsType0",
    "ApplianceConversionDetails",
    "ApplianceConversionDetailsAppliancesItem",
    "ApplianceConversionDetailsFitter",
    "ApplianceConversionDetailsPresentFuel",
    "ApplianceConversionDetailsVisitSlotItem",
    "ApplianceConversionIntake",
    "ApplianceConversionSubmission",
    "AttachFileAttachFileForm",
    "Attachment",
    "AttachmentPage",
    "AuthorKind",
    "BillingDisputeDetails",
    "BillingDisputeDetailsReason",
    "BillingDisputeIntake",
    "BillingDisputeSubmission",
    "Caller",
    "ChangedValue",
    "Claim",
    "Comment",
    "Contact",
    "CreateRequestFilesCreateRequestForm",
    "Credentials",
    "Customer",
    "CustomerPage",
    "Dashboard",
    "Day",
    "DisconnectionDetails",
    "DisconnectionDetailsDuration",
    "DisconnectionDetailsReason",
    "DisconnectionIntake",
    "DisconnectionSubmission",
    "EarlierProfile",
    "EmailConfirmation",
    "EntryPoint",
    "ErasureRequest",
    "Event",
    "EventName",
    "ExportedEmailChange",
    "ExportedLogin",
    "ExportedNotice",
    "ExportedProfile",
    "ExportedRequest",
    "ExportedRequestDetails",
    "ExportedSecurityEvent",
    "FieldChange",
    "FieldError",
    "FieldErrorParams",
    "GasLeakInspectionDetails",
    "GasLeakInspectionDetailsFirstNoticed",
    "GasLeakInspectionDetailsLocation",
    "GasLeakInspectionDetailsPeopleNeedingCareItem",
    "GasLeakInspectionDetailsSignsItem",
    "GasLeakInspectionDetailsSmellStrength",
    "GasLeakInspectionDetailsValve",
    "GasLeakInspectionEmergencyReport",
    "GasLeakInspectionIntake",
    "GasLeakInspectionSubmission",
    "GetReportFormat",
    "GetRequestProofFormat",
    "History",
    "HistoryEntry",
    "Incident",
    "IncidentChange",
    "IncidentClosed",
    "IncidentPage",
    "IncidentReports",
    "IncidentUpdate",
    "IncidentWritten",
    "IntakeRequestFilesIntakeRequestForm",
    "KeptReport",
    "Language",
    "Limit",
    "ListAttachmentsOrdering",
    "ListCustomersOrdering",
    "ListIncidentsOrdering",
    "ListLoginsOrdering",
    "ListRequestsAssignedToType1",
    "ListRequestsOrdering",
    "ListRequestTypesOrdering",
    "ListRequestUpdatesOrdering",
    "ListStaffMembersOrdering",
    "ListWebhooksOrdering",
    "Login",
    "LoginPage",
    "LogKeyPeriod",
    "LogKeys",
    "MeterReadingDisputeDetails",
    "MeterReadingDisputeDetailsDisputeAbout",
    "MeterReadingDisputeIntake",
    "MeterReadingDisputeSubmission",
    "MeterReplacementDetails",
    "MeterReplacementDetailsDevice",
    "MeterReplacementDetailsFaultsItem",
    "MeterReplacementDetailsMeterLocation",
    "MeterReplacementIntake",
    "MeterReplacementSubmission",
    "Milestone",
    "MilestoneRecord",
    "MutedNotices",
    "NameTransferDetails",
    "NameTransferDetailsProofItem",
    "NameTransferDetailsReason",
    "NameTransferDetailsRequester",
    "NameTransferIntake",
    "NameTransferSubmission",
    "NewConnectionDetails",
    "NewConnectionDetailsAppliancesItem",
    "NewConnectionDetailsDocumentsItem",
    "NewConnectionDetailsPipeNearby",
    "NewConnectionDetailsPremisesType",
    "NewConnectionDetailsTenure",
    "NewConnectionDetailsVisitSlotItem",
    "NewConnectionIntake",
    "NewConnectionSubmission",
    "NewIncident",
    "NewRequestUpdate",
    "NewWebhook",
    "NoSupplyDetails",
    "NoSupplyDetailsNeighboursAffected",
    "NoSupplyDetailsPeopleNeedingCareItem",
    "NoSupplyDetailsValve",
    "NoSupplyIntake",
    "NoSupplySubmission",
    "Notes",
    "OpenOfType",
    "OwnPassword",
    "PasswordAndCode",
    "PasswordChange",
    "PasswordReset",
    "PasswordResetRequest",
    "PersonalData",
    "PressureProblemDetails",
    "PressureProblemDetailsAppliancesItem",
    "PressureProblemDetailsNeighboursAffected",
    "PressureProblemDetailsProblem",
    "PressureProblemDetailsWhen",
    "PressureProblemIntake",
    "PressureProblemSubmission",
    "Priority",
    "Problem",
    "ProblemType",
    "Profile",
    "ProfileChange",
    "ProvedRow",
    "ProvedRowDisclosures",
    "Reclassification",
    "ReconnectionDetails",
    "ReconnectionDetailsPeopleNeedingCareItem",
    "ReconnectionDetailsReasonOff",
    "ReconnectionDetailsVisitSlotItem",
    "ReconnectionIntake",
    "ReconnectionSubmission",
    "RecoveryCodeList",
    "Reference",
    "ReferenceInput",
    "RefreshToken",
    "RefusedFile",
    "Registration",
    "ReportCount",
    "ReportName",
    "ReportNames",
    "ReportTable",
    "ReportTableRowsItem",
    "RequestProof",
    "RequestType",
    "RequestTypePage",
    "RequestTypeSchema",
    "RequestUpdate",
    "RequestUpdateChanges",
    "RequestUpdatePage",
    "SafetyInspectionDetails",
    "SafetyInspectionDetailsAppliancesItem",
    "SafetyInspectionDetailsPeopleNeedingCareItem",
    "SafetyInspectionDetailsReason",
    "SafetyInspectionDetailsVisitSlotItem",
    "SafetyInspectionIntake",
    "SafetyInspectionSubmission",
    "SecondFactor",
    "SecondFactorCode",
    "SecondFactorSetup",
    "SecurityOutcome",
    "ServiceRequest",
    "ServiceRequestChange",
    "ServiceRequestDetail",
    "ServiceRequestDetailDetails",
    "ServiceRequestDetails",
    "ServiceRequestPage",
    "StaffMember",
    "StaffMemberPage",
    "State",
    "Status",
    "StreamTicket",
    "TeamName",
    "ThirdPartyDamageDetails",
    "ThirdPartyDamageDetailsCause",
    "ThirdPartyDamageDetailsGasEscaping",
    "ThirdPartyDamageDetailsNearbyItem",
    "ThirdPartyDamageDetailsWhatWasHit",
    "ThirdPartyDamageEmergencyReport",
    "ThirdPartyDamageIntake",
    "ThirdPartyDamageSubmission",
    "TokenPair",
    "UserType",
    "Webhook",
    "WebhookChange",
    "WebhookChangeState",
    "WebhookDeliveries",
    "WebhookDelivery",
    "WebhookPage",
    "WebhookState",
)
