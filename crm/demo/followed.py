"""What comes of a conversation: concerns with their course, and follow-ups."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from textwrap import shorten

from crm.clock import add_working_days, next_working_day
from crm.concerns.models import Flag, Outcome, Stage
from crm.demo.accounts import LAND
from crm.demo.dice import Dice
from crm.demo.plans import ConcernPlan, NotePlan, TaskPlan, VisitPlan
from crm.demo.texts import Situation, Texts

_OPEN_STAGES = (Stage.CLARIFYING, Stage.IN_PROGRESS, Stage.WITH_PARTNER)
# So many days after the conversation at most: the chance that the concern is closed by now
_CLOSED_BY_AGE = {
    Flag.URGENT: ((7, 0.0), (26, 0.4), (120, 0.9), (10_000, 1.0)),
    Flag.WATCH: ((14, 0.0), (80, 0.35), (150, 0.85), (10_000, 0.98)),
}
_FRESH = 10
# Nothing is overdue for longer than so many days
_LYING_ABOUT = 18
_OUTCOMES = (
    *[Outcome.SOLVED] * 11, *[Outcome.PARTLY_SOLVED] * 4, *[Outcome.NOT_SOLVABLE] * 3,
    *[Outcome.WITHDRAWN] * 2,
)  # fmt: skip


class Followed:
    """Draws concerns and follow-ups."""

    def __init__(self, rng: Dice, texts: Texts, today: date):
        self._rng, self._texts, self._today = rng, texts, today

    def follow(self, plan: VisitPlan, note: NotePlan, situation: Situation) -> NotePlan:
        """Return the note with its flag and what comes of it."""
        rng = self._rng
        tasks: list[TaskPlan] = []
        if situation.tasks and rng.happens(0.55):
            wanted = min(len(situation.tasks), rng.choice((1, 1, 1, 2)))
            tasks = [self._task(plan, *pair) for pair in rng.sample(situation.tasks, k=wanted)]
        if situation.concern and rng.happens(0.4):
            return replace(
                note,
                flag=situation.flag,
                concern=self._concern(plan, situation),
                tasks=tuple(tasks),
            )
        if rng.happens(0.15):
            again = next_working_day(plan.day + timedelta(days=rng.choice((30, 60, 90))), LAND)
            tasks.append(
                TaskPlan(
                    title=shorten(note.text.partition(". ")[0].rstrip("."), 80, placeholder=" …"),
                    due_on=again,
                    done_on=again if again < self._today else None,
                )
            )
            return replace(note, flag=Flag.WATCH, look_again_on=again, tasks=tuple(tasks))
        return replace(note, tasks=tuple(tasks))

    def general_task(self, plan: VisitPlan) -> TaskPlan:
        """Return a follow-up on the visit as a whole."""
        return self._task(plan, *self._texts.pair("tasks"))

    def _task(self, plan: VisitPlan, title: str, result: str) -> TaskPlan:
        rng = self._rng
        due_on = next_working_day(
            plan.day + timedelta(days=rng.choice((2, 5, 7, 7, 14, 30, 30, 60))), LAND
        )
        done_on = None
        # The former colleague handed over a clean desk; others have a few things lying about
        age = (self._today - due_on).days
        if age > 0 and (plan.owner == "former" or age > _LYING_ABOUT or rng.happens(0.5)):
            late = rng.choice((-3, -2, -1, 0, 0, 1, 3))
            done_on = min(max(due_on + timedelta(days=late), plan.day), self._today)
        elif age <= 0 and rng.happens(0.12):
            done_on = min(plan.day + timedelta(days=rng.randint(0, 3)), self._today)
        return TaskPlan(
            title=title,
            due_on=due_on,
            promised=rng.happens(0.35),
            done_on=done_on,
            result=self._texts.filled(result) if done_on and rng.happens(0.8) else "",
            who=(rng.choice(plan.colleagues), plan.owner)
            if plan.colleagues and rng.happens(0.4)
            else (),
        )

    def _concern(self, plan: VisitPlan, situation: Situation) -> ConcernPlan:
        rng = self._rng
        age = (self._today - plan.day).days
        chances = _CLOSED_BY_AGE[situation.flag]
        chance = next(chance for limit, chance in chances if age <= limit)
        if plan.owner == "former" or rng.happens(chance):
            return self._closed(plan, situation, age)
        stage = rng.choice(_OPEN_STAGES)
        if age <= _FRESH and rng.happens(0.6):
            stage = Stage.NEW
        answered = stage is not Stage.NEW or rng.happens(0.1)
        return ConcernPlan(
            title=situation.concern,
            flag=situation.flag,
            stage=stage,
            responded_on=self._response_day(plan, situation) if answered else None,
        )

    def _closed(self, plan: VisitPlan, situation: Situation, age: int) -> ConcernPlan:
        outcome = self._rng.choice(_OUTCOMES)
        days = self._rng.randint(5, max(6, min(age, 120)))
        closed_on = min(
            next_working_day(plan.day + timedelta(days=days), LAND), self._today - timedelta(days=1)
        )
        return ConcernPlan(
            title=situation.concern,
            flag=situation.flag,
            stage=Stage.CLOSED,
            outcome=outcome,
            reason=self._texts.outcome(outcome.value),
            responded_on=min(self._response_day(plan, situation), closed_on),
            closed_on=closed_on,
        )

    def _response_day(self, plan: VisitPlan, situation: Situation) -> date:
        most = 4 if situation.flag is Flag.URGENT else 12
        day = add_working_days(plan.day, self._rng.randint(1, most), LAND)
        return min(day, self._today)
