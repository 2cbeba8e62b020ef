from enum import StrEnum


class ReconnectionDetailsPeopleNeedingCareItem(StrEnum):
    DISABILITY = "disability"
    INFANT = "infant"
    MEDICAL_DEVICE = "medical_device"
    NO_SENSE_OF_SMELL = "no_sense_of_smell"
    OLDER_PERSON = "older_person"

    def __str__(self) -> str:
        return str(self.value)
