from enum import StrEnum


class ProblemType(StrEnum):
    URNGASUTILPROBLEMAPPROVAL_REQUIRED = "urn:gasutil:problem:approval-required"
    URNGASUTILPROBLEMBAD_REQUEST = "urn:gasutil:problem:bad-request"
    URNGASUTILPROBLEMBUSY = "urn:gasutil:problem:busy"
    URNGASUTILPROBLEMCLAIMED = "urn:gasutil:problem:claimed"
    URNGASUTILPROBLEMCLOSED = "urn:gasutil:problem:closed"
    URNGASUTILPROBLEMCONFLICT = "urn:gasutil:problem:conflict"
    URNGASUTILPROBLEMENROLMENT_REQUIRED = "urn:gasutil:problem:enrolment-required"
    URNGASUTILPROBLEMFILES_UNAVAILABLE = "urn:gasutil:problem:files-unavailable"
    URNGASUTILPROBLEMIDEMPOTENCY_CONFLICT = "urn:gasutil:problem:idempotency-conflict"
    URNGASUTILPROBLEMINSUFFICIENT_SCOPE = "urn:gasutil:problem:insufficient-scope"
    URNGASUTILPROBLEMINTERNAL_SERVER_ERROR = "urn:gasutil:problem:internal-server-error"
    URNGASUTILPROBLEMINVALID = "urn:gasutil:problem:invalid"
    URNGASUTILPROBLEMMETHOD_NOT_ALLOWED = "urn:gasutil:problem:method-not-allowed"
    URNGASUTILPROBLEMNOT_ALLOWED = "urn:gasutil:problem:not-allowed"
    URNGASUTILPROBLEMNOT_AUTHENTICATED = "urn:gasutil:problem:not-authenticated"
    URNGASUTILPROBLEMNOT_FOUND = "urn:gasutil:problem:not-found"
    URNGASUTILPROBLEMPERMISSION_REQUIRED = "urn:gasutil:problem:permission-required"
    URNGASUTILPROBLEMPERSON_REQUIRED = "urn:gasutil:problem:person-required"
    URNGASUTILPROBLEMREQUEST_ENTITY_TOO_LARGE = "urn:gasutil:problem:request-entity-too-large"
    URNGASUTILPROBLEMREQUEST_TIMEOUT = "urn:gasutil:problem:request-timeout"
    URNGASUTILPROBLEMSECOND_FACTOR_REQUIRED = "urn:gasutil:problem:second-factor-required"
    URNGASUTILPROBLEMSEND_WITHOUT_FILES = "urn:gasutil:problem:send-without-files"
    URNGASUTILPROBLEMSTALE_VERSION = "urn:gasutil:problem:stale-version"
    URNGASUTILPROBLEMTOO_LARGE = "urn:gasutil:problem:too-large"
    URNGASUTILPROBLEMTOO_MANY_ATTEMPTS = "urn:gasutil:problem:too-many-attempts"
    URNGASUTILPROBLEMTOO_MANY_PIXELS = "urn:gasutil:problem:too-many-pixels"
    URNGASUTILPROBLEMTRANSITION_REFUSED = "urn:gasutil:problem:transition-refused"
    URNGASUTILPROBLEMUNAVAILABLE = "urn:gasutil:problem:unavailable"
    URNGASUTILPROBLEMUNREADABLE = "urn:gasutil:problem:unreadable"
    URNGASUTILPROBLEMUNSUPPORTED = "urn:gasutil:problem:unsupported"
    URNGASUTILPROBLEMUNSUPPORTED_MEDIA_TYPE = "urn:gasutil:problem:unsupported-media-type"

    def __str__(self) -> str:
        return str(self.value)
