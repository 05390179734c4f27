"""What was offered in the generated visits, and the procedures their concerns wait for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from benchmarks.material import MUNICIPALITIES, Batch
from crm.concerns.models import Procedure
from crm.demo.batch import key_at
from crm.demo.dice import Dice
from crm.visits.models import VisitOffer

# Dice of its own: what is drawn here changes nothing of what is drawn elsewhere
_SEED = 4712
_OFFICES = ("Bauamt", "Ordnungsamt", "Umweltamt", "Gewerbeamt")


class Offering:
    """Adds offers to a fifth of the visits, and a procedure to a tenth of the concerns.

    One or two offers a visit, of which two in five are used. The procedures stand at a hundred
    offices and end before their concern does; a third of those with an open concern are decided.
    """

    def __init__(self, batch: Batch, offer_ids: Sequence[UUID]):
        self._batch, self._offer_ids, self._rng = batch, offer_ids, Dice(_SEED)

    def mention(self, visit_id: UUID) -> None:
        """Say in this visit what we offer."""
        rng = self._rng
        if not rng.happens(0.2):
            return
        for offer_id in rng.sample(self._offer_ids, k=rng.choice((1, 1, 2))):
            self._batch.add(
                VisitOffer, visit_id=visit_id, offer_id=offer_id, is_used=rng.happens(0.4)
            )

    def accompany(self, concern_id: UUID, at: datetime, until: date, *, is_open: bool) -> None:
        """Let an office decide about this concern, which was opened then; at the latest `until`."""
        rng = self._rng
        if not rng.happens(0.1):
            return
        begun_on = at.date() - timedelta(days=rng.randint(0, 30))
        is_decided = not is_open or rng.happens(1 / 3)
        decided_on = min(begun_on + timedelta(days=rng.randint(20, 160)), until)
        self._batch.add(
            Procedure,
            id=key_at(at, rng),
            concern_id=concern_id,
            office=f"{rng.choice(_OFFICES)} {rng.choice(MUNICIPALITIES)}",
            title="Genehmigung",
            begun_on=begun_on,
            decided_on=decided_on if is_decided else None,
            created_at=at,
            updated_at=at,
        )
