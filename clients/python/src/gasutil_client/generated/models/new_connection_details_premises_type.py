from enum import StrEnum


class NewConnectionDetailsPremisesType(StrEnum):
    HOME = "home"
    HOUSING_SOCIETY = "housing_society"
    PLANT = "plant"
    SHOP = "shop"

    def __str__(self) -> str:
        return str(self.value)
