from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.pressure_problem_details_appliances_item import (
    PressureProblemDetailsAppliancesItem,
)
from ..models.pressure_problem_details_neighbours_affected import (
    PressureProblemDetailsNeighboursAffected,
)
from ..models.pressure_problem_details_problem import PressureProblemDetailsProblem
from ..models.pressure_problem_details_when import PressureProblemDetailsWhen
from ..types import UNSET, Unset

T = TypeVar("T", bound="PressureProblemDetails")


@_attrs_define
class PressureProblemDetails:
    """The answers to the questions of the type “Low or high pressure”.

    Attributes:
        problem (PressureProblemDetailsProblem | Unset): What is wrong?
        appliances_off (bool | Unset): Are all appliances off and the valve at the meter closed? If not, please do that
            now if it is safe.
        regulator_noise (bool | Unset): Does the regulator whistle, hum or rattle? It is the round or bell-shaped part
            near the meter.
        appliances (list[PressureProblemDetailsAppliancesItem] | Unset): Which appliances are affected? Choose all that
            apply.
        when (PressureProblemDetailsWhen | Unset): When does it happen?
        times (str | Unset): At which times? For example between 7 and 9 in the evening.
        since (datetime.date | Unset): Since which day?
        neighbours_affected (PressureProblemDetailsNeighboursAffected | Unset): Do your neighbours have it too?
    """

    problem: PressureProblemDetailsProblem | Unset = UNSET
    appliances_off: bool | Unset = UNSET
    regulator_noise: bool | Unset = UNSET
    appliances: list[PressureProblemDetailsAppliancesItem] | Unset = UNSET
    when: PressureProblemDetailsWhen | Unset = UNSET
    times: str | Unset = UNSET
    since: datetime.date | Unset = UNSET
    neighbours_affected: PressureProblemDetailsNeighboursAffected | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        problem: str | Unset = UNSET
        if not isinstance(self.problem, Unset):
            problem = self.problem.value

        appliances_off = self.appliances_off

        regulator_noise = self.regulator_noise

        appliances: list[str] | Unset = UNSET
        if not isinstance(self.appliances, Unset):
            appliances = []
            for appliances_item_data in self.appliances:
                appliances_item = appliances_item_data.value
                appliances.append(appliances_item)

        when: str | Unset = UNSET
        if not isinstance(self.when, Unset):
            when = self.when.value

        times = self.times

        since: str | Unset = UNSET
        if not isinstance(self.since, Unset):
            since = self.since.isoformat()

        neighbours_affected: str | Unset = UNSET
        if not isinstance(self.neighbours_affected, Unset):
            neighbours_affected = self.neighbours_affected.value

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if problem is not UNSET:
            field_dict["problem"] = problem
        if appliances_off is not UNSET:
            field_dict["appliances_off"] = appliances_off
        if regulator_noise is not UNSET:
            field_dict["regulator_noise"] = regulator_noise
        if appliances is not UNSET:
            field_dict["appliances"] = appliances
        if when is not UNSET:
            field_dict["when"] = when
        if times is not UNSET:
            field_dict["times"] = times
        if since is not UNSET:
            field_dict["since"] = since
        if neighbours_affected is not UNSET:
            field_dict["neighbours_affected"] = neighbours_affected

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _problem = d.pop("problem", UNSET)
        problem: PressureProblemDetailsProblem | Unset
        if isinstance(_problem, Unset):
            problem = UNSET
        else:
            problem = PressureProblemDetailsProblem(_problem)

        appliances_off = d.pop("appliances_off", UNSET)

        regulator_noise = d.pop("regulator_noise", UNSET)

        _appliances = d.pop("appliances", UNSET)
        appliances: list[PressureProblemDetailsAppliancesItem] | Unset = UNSET
        if _appliances is not UNSET:
            appliances = []
            for appliances_item_data in _appliances:
                appliances_item = PressureProblemDetailsAppliancesItem(appliances_item_data)

                appliances.append(appliances_item)

        _when = d.pop("when", UNSET)
        when: PressureProblemDetailsWhen | Unset
        if isinstance(_when, Unset):
            when = UNSET
        else:
            when = PressureProblemDetailsWhen(_when)

        times = d.pop("times", UNSET)

        _since = d.pop("since", UNSET)
        since: datetime.date | Unset
        if isinstance(_since, Unset):
            since = UNSET
        else:
            since = datetime.date.fromisoformat(_since)

        _neighbours_affected = d.pop("neighbours_affected", UNSET)
        neighbours_affected: PressureProblemDetailsNeighboursAffected | Unset
        if isinstance(_neighbours_affected, Unset):
            neighbours_affected = UNSET
        else:
            neighbours_affected = PressureProblemDetailsNeighboursAffected(_neighbours_affected)

        pressure_problem_details = cls(
            problem=problem,
            appliances_off=appliances_off,
            regulator_noise=regulator_noise,
            appliances=appliances,
            when=when,
            times=times,
            since=since,
            neighbours_affected=neighbours_affected,
        )

        return pressure_problem_details
