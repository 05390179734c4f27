"""Find organisations, as far as the actor may see them.

The list with its filters and the last visits is in `listing`, which stands above the visits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.db import db
from crm.errors import NotFound
from crm.finding import has_words
from crm.organisations import matching
from crm.organisations.matching import Likeness, Traits
from crm.organisations.models import Organisation
from crm.policy import Actor, Role
from crm.text import search_key

SUGGESTED_AT_MOST = 8
# So many rows are compared by similarity at most; the database has narrowed them down before
_COMPARED_AT_MOST = 20_000
_LOADED_AT_MOST = 50
_PHONES_COMPARED = 20
_SHORTEST_TO_COMPARE = 3
# Behind every key that begins with a text, in every collation: keys hold digits and a to z
_BEHIND = "zzzzzzzz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """An organisation that may be the same, why, and how sure that is (0 to 100)."""

    organisation: Organisation
    likeness: Likeness
    score: float


def visible_organisations(actor: Actor) -> sa.ColumnElement[bool]:
    """Limit organisations to those of the actor's body and those that are shared."""
    if actor.role is Role.NONE or actor.body_id is None:
        return sa.false()
    return sa.or_(Organisation.body_id == actor.body_id, Organisation.shared)


def may_see_organisation(actor: Actor, organisation: Organisation) -> bool:
    """Tell whether `actor` may see `organisation`; the same rule as `visible_organisations`."""
    if actor.role is Role.NONE or actor.body_id is None:
        return False
    return organisation.body_id == actor.body_id or organisation.shared


def find(actor: Actor, organisation_id: UUID) -> Organisation | None:
    """Return one organisation with its team and body, or None."""
    return db.session.scalar(
        sa.select(Organisation)
        .where(visible_organisations(actor), Organisation.id == organisation_id)
        .options(joinedload(Organisation.team), joinedload(Organisation.body))
    )


def get(actor: Actor, organisation_id: UUID) -> Organisation:
    """Return one organisation with its team and body, or raise `NotFound`."""
    return _known(find(actor, organisation_id), organisation_id)


def get_to_change(actor: Actor, organisation_id: UUID) -> Organisation:
    """Return one organisation as `get` does; on PostgreSQL a second change waits for the first."""
    statement = (
        sa.select(Organisation)
        .where(visible_organisations(actor), Organisation.id == organisation_id)
        .options(joinedload(Organisation.team), joinedload(Organisation.body))
        # What only refers to the row need not wait
        .with_for_update(of=Organisation, key_share=True)
        .execution_options(populate_existing=True)
    )
    return _known(db.session.scalar(statement), organisation_id)


def _known(organisation: Organisation | None, organisation_id: UUID) -> Organisation:
    if organisation is None:
        raise NotFound(organisation_id)
    return organisation


def by_ids(actor: Actor, organisation_ids: Iterable[UUID]) -> Sequence[Organisation]:
    """Return those of these organisations that `actor` may see, by name."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(visible_organisations(actor), Organisation.id.in_(list(organisation_ids)))
        .order_by(Organisation.sort_key, Organisation.id)
    ).all()


def matches(text: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that every word of `text` is part of what is searched."""
    return has_words(Organisation.search_text, text)


def suggest(actor: Actor, text: str, limit: int = SUGGESTED_AT_MOST) -> Sequence[Organisation]:
    """Return organisations that are not archived and hold every word of `text` as a part.

    Names that begin with the text come first, then by name.
    """
    key = search_key(text)
    if not key:
        return []
    statement = (
        sa.select(Organisation)
        .where(visible_organisations(actor), Organisation.archived_at.is_(None))
        .order_by(Organisation.sort_key, Organisation.id)
    )
    # The range uses the index of the name keys; LIKE alone would not
    first = db.session.scalars(
        statement.where(
            Organisation.name_key.between(key, key + _BEHIND),
            Organisation.name_key.startswith(key, autoescape=True),
        ).limit(limit)
    ).all()
    if len(first) == limit:
        return first
    rest = db.session.scalars(
        statement.where(
            *matches(text), Organisation.id.not_in([organisation.id for organisation in first])
        ).limit(limit - len(first))
    ).all()
    return [*first, *rest]


def named(actor: Actor, name: str) -> Sequence[Organisation]:
    """Return the organisations of exactly this name that are not archived, in whatever case."""
    wanted = search_key(name)
    found = db.session.scalars(
        sa.select(Organisation)
        .where(
            visible_organisations(actor),
            Organisation.archived_at.is_(None),
            Organisation.name_key == matching.name_key(name),
        )
        .order_by(Organisation.sort_key, Organisation.id)
        .limit(_LOADED_AT_MOST)
    )
    # A name without Latin letters has an empty key
    return [o for o in found if o.name == name or (wanted and search_key(o.name) == wanted)]


def likely_duplicates(
    actor: Actor, traits: Traits, *, without: UUID | None = None, limit: int = 5
) -> Sequence[Duplicate]:
    """Return what may be the same organisation, the likeliest first; archived ones as well.

    without  the organisation that is being edited
    """
    key = matching.name_key(traits.name)
    found = {
        organisation.id: duplicate
        for organisation in _candidates(actor, traits, key)
        if organisation.id != without and (duplicate := _compare(traits, key, organisation))
    }
    order = list(Likeness)
    return sorted(
        found.values(),
        key=lambda duplicate: (
            order.index(duplicate.likeness),
            -duplicate.score,
            duplicate.organisation.sort_key,
            duplicate.organisation.id,
        ),
    )[:limit]


def _candidates(actor: Actor, traits: Traits, key: str) -> Sequence[Organisation]:
    """Return what is equal by an index or a telephone number, and what has a similar name."""
    seen = visible_organisations(actor)
    equal = [
        column == value
        for column, value in (
            (Organisation.name_key, key),
            (Organisation.name_sound, matching.name_sound(traits.name)),
            (Organisation.register_key, matching.register_key(traits.register_number)),
        )
        if value
    ]
    if traits.domains:
        equal.append(Organisation.domain.in_(traits.domains))
    equal += [
        Organisation.search_text.contains(digits, autoescape=True)
        for digits in matching.phone_keys(traits.phones)[:_PHONES_COMPARED]
    ]
    statement = sa.select(Organisation).where(seen).order_by(Organisation.id)
    similar = _similar_ids(seen, key)
    if similar:
        equal.append(Organisation.id.in_(similar))
    if not equal:
        return []
    return db.session.scalars(statement.where(sa.or_(*equal)).limit(_LOADED_AT_MOST)).all()


def _similar_ids(seen: sa.ColumnElement[bool], key: str) -> list[UUID]:
    """Return the likest names among those that begin alike or hold the longest word."""
    if len(key) < _SHORTEST_TO_COMPARE:
        return []
    beginning = key[:_SHORTEST_TO_COMPARE]
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.name_key)
        .where(
            seen,
            sa.or_(
                Organisation.name_key.between(beginning, beginning + _BEHIND),
                Organisation.name_key.contains(max(key.split(), key=len), autoescape=True),
            ),
        )
        .order_by(Organisation.id)
        .limit(_COMPARED_AT_MOST)
    ).all()
    found = matching.most_similar(key, [name for _id, name in rows])
    return [rows[place][0] for place in found]


def _compare(traits: Traits, key: str, organisation: Organisation) -> Duplicate | None:
    score = matching.similarity(key, organisation.name_key) if key else 0.0
    likeness: Likeness | None = None
    number = matching.register_key(traits.register_number)
    sound = matching.name_sound(traits.name)
    phones = set(matching.phone_keys(traits.phones))
    if (
        number
        and number == organisation.register_key
        and matching.is_same_register(traits.register_court, organisation.register_court)
    ):
        likeness = Likeness.REGISTER
    elif key and key == organisation.name_key:
        likeness = Likeness.NAME
    elif organisation.domain in traits.domains:
        likeness = Likeness.DOMAIN
    elif phones.intersection(matching.phone_keys(organisation.phones)):
        likeness = Likeness.PHONE
    elif (
        sound
        and sound == organisation.name_sound
        and matching.sounds_alike(key, organisation.name_key)
    ):
        likeness = Likeness.SOUND
    elif score >= matching.SIMILAR:
        likeness = Likeness.SIMILAR
    if likeness is None:
        return None
    return Duplicate(organisation=organisation, likeness=likeness, score=score)
