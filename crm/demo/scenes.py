"""The visits that are told one by one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from crm.clock import is_working_day, next_working_day
from crm.concerns.models import Flag, Outcome, Stage
from crm.demo.accounts import LAND
from crm.demo.plans import ConcernPlan, LooseConcern, NotePlan, TaskPlan, VisitPlan
from crm.demo.texts import DATA
from crm.visibility import Visibility
from crm.visits.models import Mode, Occasion, VisitStatus

Entry = Mapping[str, Any]


class Scenes:
    """The data file, seen from today."""

    def __init__(self, today: date):
        self._today = today
        self._data = tomllib.loads((DATA / "scenes.toml").read_text(encoding="utf-8"))

    def visits(self) -> Sequence[VisitPlan]:
        """Return the visits."""
        return [self._visit(entry) for entry in self._data["visit"]]

    def concerns(self) -> Sequence[LooseConcern]:
        """Return the concerns that came up outside a visit."""
        return [self._loose(entry) for entry in self._data["concern"]]

    def _visit(self, entry: Entry) -> VisitPlan:
        status = VisitStatus(entry.get("status", VisitStatus.COMPLETED))
        return VisitPlan(
            owner=entry["owner"],
            organisation=entry["organisation"],
            day=self._working_day(entry["days"], ahead=entry["days"] >= 0),
            at=time.fromisoformat(entry["at"]),
            mode=Mode(entry["mode"]),
            occasion=Occasion(entry["occasion"]),
            status=status,
            visibility=Visibility(entry.get("visibility", Visibility.BODY)),
            summary=entry.get("summary", ""),
            company_text=entry.get("company_text", ""),
            file_reference=entry.get("file_reference", ""),
            contacts=entry.get("contacts", 1),
            further=tuple(entry.get("further", ())),
            outsiders=tuple(entry.get("outsiders", ())),
            notes=tuple(self._note(note) for note in entry.get("note", ())),
        )

    def _note(self, entry: Entry) -> NotePlan:
        flag = Flag(entry.get("flag", Flag.INFO))
        return NotePlan(
            topic=entry["topic"],
            text=entry["text"],
            flag=flag,
            visibility=Visibility(entry.get("visibility", Visibility.BODY)),
            confidential=entry.get("confidential", False),
            for_company=entry.get("for_company", False),
            concern=self._concern(entry["concern"], flag) if "concern" in entry else None,
            tasks=self._tasks(entry),
        )

    def _concern(self, entry: Entry, flag: Flag) -> ConcernPlan:
        response, resolution = entry["clock"]
        return ConcernPlan(
            title=entry["title"],
            flag=flag,
            stage=Stage(entry["stage"]),
            outcome=Outcome(entry["outcome"]) if "outcome" in entry else None,
            reason=entry.get("reason", ""),
            response_due_on=self._due(response),
            resolution_due_on=self._due(resolution),
            responded_on=self._some_day(entry.get("responded")),
            closed_on=self._some_day(entry.get("closed")),
        )

    def _loose(self, entry: Entry) -> LooseConcern:
        return LooseConcern(
            owner=entry["owner"],
            organisation=entry["organisation"],
            topic=entry["topic"],
            day=self._working_day(entry["days"], ahead=False),
            visibility=Visibility(entry["visibility"]),
            concern=self._concern(entry, Flag(entry["flag"])),
            tasks=self._tasks(entry),
        )

    def _tasks(self, entry: Entry) -> tuple[TaskPlan, ...]:
        return tuple(
            TaskPlan(
                title=task["title"],
                due_on=self._due(task["due"]),
                promised=task.get("promised", False),
                done_on=self._some_day(task.get("done")),
                result=task.get("result", ""),
                who=tuple(task.get("who", ())),
            )
            for task in entry.get("task", ())
        )

    def _working_day(self, days: int, *, ahead: bool) -> date:
        day = self._day(days)
        if ahead:
            return next_working_day(day, LAND)
        while not is_working_day(day, LAND):
            day -= timedelta(days=1)
        return day

    def _due(self, days: int) -> date:
        """Return a working day by which something is due; today, whatever day it is."""
        return self._working_day(days, ahead=days >= 0) if days else self._today

    def _some_day(self, days: int | None) -> date | None:
        return None if days is None else self._day(days)

    def _day(self, days: int) -> date:
        return self._today + timedelta(days=days)
