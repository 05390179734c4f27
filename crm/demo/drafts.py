"""The drafts of the demo: forms left half filled in, as their authors typed them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from crm.clock import now, today
from crm.demo.batch import Batch
from crm.demo.dice import Dice
from crm.demo.directory import Directory
from crm.demo.people import People
from crm.demo.texts import DATA
from crm.visits.models import Visit, VisitStatus


def add_drafts(
    batch: Batch,
    rng: Dice,
    people: People,
    directory: Directory,
    topics: Mapping[str, UUID],
) -> None:
    """Add the drafts of the data file."""
    entries = tomllib.loads((DATA / "drafts.toml").read_text(encoding="utf-8"))["draft"]
    for entry in entries:
        actor = people.actors[entry["owner"]]
        organisation = entry.get("organisation", "")
        organisation_id = directory.ids[organisation] if organisation else None
        visited_on = today() + timedelta(days=entry["days"]) if "days" in entry else None
        pairs = {
            "organisation": entry.get("name", ""),
            "organisation_id": str(organisation_id or ""),
            "visited_on": f"{visited_on:%d.%m.%Y}" if visited_on else "",
            "mode": entry.get("mode", "on_site"),
            "people": str(actor.id),
            "summary": entry.get("summary", ""),
        }
        for number, note in enumerate(entry.get("note", ())):
            pairs |= {
                f"topics-{number}-topic_id": str(topics[note["topic"]]),
                f"topics-{number}-chosen": "y",
                f"topics-{number}-note": note["text"],
                f"topics-{number}-flag": note.get("flag", "info"),
            }
        made_at = now() - timedelta(hours=rng.randint(2, 20))
        key = batch.add(
            Visit,
            made_at,
            status=VisitStatus.DRAFT,
            body_id=actor.body_id,
            team_id=actor.team_id,
            owner_id=actor.id,
            organisation_id=organisation_id,
            visited_on=visited_on,
            summary=pairs["summary"],
            draft_form=[[name, text] for name, text in pairs.items()],
            created_at=made_at,
            updated_at=made_at,
        )
        batch.audit(made_at, actor.id, "drafted", (Visit, key))
