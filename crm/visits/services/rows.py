"""Write what the form says into the rows of a visit: people, notes, concerns, follow-ups."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from crm.accounts import queries as accounts
from crm.clock import now
from crm.concerns import queries as concern_queries
from crm.concerns.models import Flag
from crm.contacts import queries as contacts
from crm.contacts import services as contact_services
from crm.errors import Conflict
from crm.follow_ups import queries as follow_up_queries
from crm.follow_ups import services as follow_ups
from crm.follow_ups.models import FollowUp
from crm.follow_ups.services import FollowUpDraft
from crm.organisations import queries as organisations
from crm.organisations import services as organisation_services
from crm.policy import Actor
from crm.topics import queries as topics
from crm.visibility import Visibility, strictest
from crm.visits import queries
from crm.visits.draft import NewContact, TopicNoteDraft, VisitDraft
from crm.visits.models import Attendance, TopicNote, Visit, VisitOrganisation, VisitStatus
from crm.visits.services import circles, openings
from crm.visits.services.offers import write_offers


def write_rows(
    session: Session, actor: Actor, visit: Visit, draft: VisitDraft, *, status: VisitStatus
) -> None:
    """Bring `visit` and everything below it to what `draft` says; inside `transaction()`.

    Raises `Conflict` naming the field whose choice is not, or no longer, the actor's to make.
    """
    organisation_id = _organisation(actor, visit, draft)
    draft = _without_known_follow_ups(actor, visit, draft)
    was_completed = visit.status is VisitStatus.COMPLETED
    # A new one has its status already, but has not been a visit before
    is_first_time = visit not in session or not was_completed
    concerns_before = circles.concerns_of(visit)
    # From here to the flush nothing is asked of the database: half a visit breaks its constraints
    visit.status, visit.draft_form = status, None
    visit.organisation_id = organisation_id
    visit.visited_on, visit.visited_at = draft.visited_on, draft.visited_at
    visit.mode, visit.occasion = draft.mode, draft.occasion
    visit.visibility = draft.visibility
    visit.summary, visit.company_text = draft.summary, draft.company_text
    visit.next_visit_due_on = draft.next_visit_due_on
    visit.file_reference = draft.file_reference
    # The version counts every save, also one that changes only rows below the visit
    visit.updated_at = now()
    session.add(visit)
    session.flush()
    _write_further(actor, visit, draft)
    _write_attendances(actor, visit, draft)
    write_offers(visit, draft.offers)
    session.flush()
    if not was_completed:
        # A plan only remembers which concern a note is to join
        for note in queries.note_per_topic(actor, visit).values():
            note.concern_id = None
    not_in_form = openings.notes_not_in_form(actor, visit)
    _write_notes(session, actor, visit, draft)
    if visit.status is VisitStatus.COMPLETED and not was_completed:
        openings.open_concerns_of(visit, not_in_form)
    circles.narrow_all(actor, visit, concerns_before)
    for follow_up in draft.follow_ups:
        _add_follow_up(actor, visit, follow_up)
    if visit.status is not VisitStatus.COMPLETED or visit.visibility is not Visibility.BODY:
        # The organisation and its history are for all of the body
        return
    if draft.next_visit_due_on:
        organisation_services.set_next_visit(actor, organisation_id, draft.next_visit_due_on)
    elif is_first_time and visit.is_known_visit:
        for key in (organisation_id, *(further.organisation_id for further in visit.further)):
            last_on = queries.last_known_visit(key) or draft.visited_on
            organisation_services.note_visit(actor, key, last_on)


def _organisation(actor: Actor, visit: Visit, draft: VisitDraft) -> UUID:
    if draft.organisation_id is None:
        made = draft.new_organisation
        if made is None:
            raise Conflict("organisation_unknown", field="organisation")
        known = organisations.find(actor, visit.organisation_id) if visit.organisation_id else None
        if known and (known.name, known.municipality) == (made.name, made.municipality):
            # The form that made it was sent again, changed
            return known.id
        quick = organisation_services.quick_draft(made.name, made.municipality, made.kind)
        return organisation_services.add_organisation(actor, quick).id
    found = organisations.find(actor, draft.organisation_id)
    if found is None or (found.archived_at and found.id != visit.organisation_id):
        raise Conflict("organisation_unknown", field="organisation")
    return found.id


def _without_known_follow_ups(actor: Actor, visit: Visit, draft: VisitDraft) -> VisitDraft:
    """Leave out the lines that are open follow-ups already: the form was sent again, changed."""
    known = {_line(f.topic_id, f) for f in follow_up_queries.of_visit(actor, visit.id) if f.is_open}

    def new(topic_id: UUID | None, lines: tuple[FollowUpDraft, ...]) -> tuple[FollowUpDraft, ...]:
        return tuple(f for f in lines if _line(topic_id, f) not in known)

    notes = (replace(note, follow_ups=new(note.topic_id, note.follow_ups))
             for note in draft.topic_notes)  # fmt: skip
    return replace(draft, follow_ups=new(None, draft.follow_ups), topic_notes=tuple(notes))


def _line(topic_id: UUID | None, f: FollowUp | FollowUpDraft) -> tuple[object, ...]:
    """Return all that a line of the form says."""
    people = frozenset(f.assignee_ids)
    return topic_id, f.title, f.due_on, f.promised, people, f.recurrence, f.recurs_from


def _write_further(actor: Actor, visit: Visit, draft: VisitDraft) -> None:
    wanted = [key for key in draft.further_ids if key != visit.organisation_id]
    if len(organisations.by_ids(actor, wanted)) != len(wanted):
        raise Conflict("organisation_unknown", field="further")
    known = {further.organisation_id: further for further in visit.further}
    visit.further[:] = [known.get(key) or VisitOrganisation(organisation_id=key) for key in wanted]
    for position, further in enumerate(visit.further):
        further.position = position


def _write_attendances(actor: Actor, visit: Visit, draft: VisitDraft) -> None:
    tables = [visit.organisation_id, *(further.organisation_id for further in visit.further)]
    present = contacts.of_organisations(actor, [t for t in tables if t], with_places=False)
    at_the_table = {contact.id for contact in present}
    before = {attendance.contact_id for attendance in visit.attendances}
    if not set(draft.contact_ids) <= at_the_table | before:
        raise Conflict("contact_unknown", field="contacts")
    ours = accounts.colleague_ids(actor)
    were_there = {attendance.person_id for attendance in visit.attendances}
    if not set(draft.person_ids) <= ours | were_there:
        raise Conflict("assignee_missing", field="people")
    named = {NewContact.of(contact): contact.id for contact in present}
    for new in draft.new_contacts:
        alike = [key for known, key in named.items() if known.has_name_of(new)]
        if not new.function and len(alike) == 1:
            # Who is typed without a function is the one of that name
            named[new] = alike[0]
        if new not in named and visit.organisation_id:
            quick = contact_services.quick_draft(new.given_name, new.family_name, new.function)
            named[new] = contact_services.add_contact(actor, quick, [visit.organisation_id]).id
    made = [named[new] for new in draft.new_contacts]
    wanted = [
        *((key, None, "") for key in dict.fromkeys((*draft.contact_ids, *made))),
        *((None, key, "") for key in draft.person_ids),
        *((None, None, name) for name in draft.outsiders),
    ]
    known = {(a.contact_id, a.person_id, a.outsider): a for a in visit.attendances}
    visit.attendances[:] = [
        known.get(who) or Attendance(contact_id=who[0], person_id=who[1], outsider=who[2])
        for who in wanted
    ]
    for position, attendance in enumerate(visit.attendances):
        attendance.position = position


def _write_notes(session: Session, actor: Actor, visit: Visit, draft: VisitDraft) -> None:
    """Write the notes the actor sees; notes they may not see stay as they are."""
    by_topic = queries.note_per_topic(actor, visit)
    catalogue = {topic.id for topic in topics.topics(with_retired=True)}
    kept = {by_topic[d.topic_id].id for d in draft.topic_notes if d.topic_id in by_topic}
    shown = {note.id for note in by_topic.values()}
    visit.topic_notes[:] = [n for n in visit.topic_notes if n.id not in shown or n.id in kept]
    session.flush()
    for position, wanted in enumerate(draft.topic_notes):
        if wanted.topic_id not in catalogue:
            raise Conflict("choice_unknown", field="topics")
        note = by_topic.get(wanted.topic_id)
        if note is None:
            note = TopicNote(
                topic_id=wanted.topic_id,
                body_id=visit.body_id,
                team_id=visit.team_id,
                owner_id=actor.id,
                look_again_on=None,
                concern_id=None,
            )
            visit.topic_notes.append(note)
        looked_again = note.look_again_on
        note.position = position
        note.note, note.flag = wanted.note, wanted.flag
        note.visibility = strictest(visit.visibility, wanted.visibility)
        note.confidential, note.for_company = wanted.confidential, wanted.for_company
        note.look_again_on = wanted.look_again_on
        note.wants_concern, note.concern_title = wanted.wants_concern, wanted.concern_title
        session.flush()
        _follow_through(actor, visit, note, wanted, looked_again=looked_again)


def _follow_through(
    actor: Actor,
    visit: Visit,
    note: TopicNote,
    wanted: TopicNoteDraft,
    *,
    looked_again: date | None,
) -> None:
    if visit.status is VisitStatus.COMPLETED:
        openings.open_or_join(actor, visit, note, wanted.concern_id)
    elif wanted.wants_concern and wanted.concern_id and visit.organisation_id:
        open_ones = concern_queries.open_of(actor, visit.organisation_id)
        joined = next((one for one in open_ones if one.id == wanted.concern_id), None)
        if joined is None:
            raise Conflict("concern_unknown", field="concern")
        if not joined.takes_note(team_id=visit.team_id, visibility=note.visibility):
            raise Conflict("concern_wider", field="concern")
        note.concern_id = wanted.concern_id
    follow_ups.narrow_follow_ups(actor, visit.id, note.topic_id, note.visibility)
    again_on = wanted.look_again_on
    if again_on and again_on != looked_again and note.flag is Flag.WATCH:
        _look_again(
            actor, visit, note, openings.title_of(note), before=looked_again, again_on=again_on
        )
    for follow_up in wanted.follow_ups:
        _add_follow_up(actor, visit, follow_up, note=note)


def _look_again(
    actor: Actor,
    visit: Visit,
    note: TopicNote,
    title: str,
    *,
    before: date | None,
    again_on: date,
) -> None:
    """Set the follow-up of "Wieder ansehen am", or move the open one of the date before."""
    for known in follow_up_queries.of_visit(actor, visit.id):
        is_reminder = known.topic_id == note.topic_id and known.due_on == before
        if is_reminder and known.is_open and actor.id in known.assignee_ids:
            follow_ups.move(actor, known.id, due_on=again_on)
            return
    draft = FollowUpDraft(title=title, due_on=again_on, assignee_ids=(actor.id,), promised=False)
    _add_follow_up(actor, visit, draft, note=note)


def _add_follow_up(
    actor: Actor, visit: Visit, draft: FollowUpDraft, *, note: TopicNote | None = None
) -> None:
    follow_ups.add_follow_up(
        actor,
        draft,
        visibility=note.visibility if note else visit.visibility,
        team_id=visit.team_id,
        organisation_id=visit.organisation_id,
        visit_id=visit.id,
        topic_id=note.topic_id if note else None,
        concern_id=note.concern_id if note else None,
    )
