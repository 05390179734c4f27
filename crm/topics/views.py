"""Pages of the catalogue of topics."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.errors import Conflict, NotFound
from crm.policy import Permission
from crm.topics import queries, services
from crm.topics.forms import NewTopicForm, TopicForm, values_of
from crm.topics.models import Topic
from crm.web.access import current_actor, requires
from crm.web.errors import put_on_form, put_on_versioned
from crm.web.notices import notify, notify_of_saving, shortened
from crm.web.rendering import catalogue_name

bp = Blueprint("topics", __name__)

_LONGEST_PLACE = 4


@bp.get("/admin/topics")
@requires(Permission.TOPIC_MANAGE)
def index() -> ResponseReturnValue:
    """List the topics in their order, the retired ones apart."""
    every = queries.topics(with_retired=True)
    return render_template(
        "topics/index.html",
        offered=[topic for topic in every if topic.retired_at is None],
        retired=[topic for topic in every if topic.retired_at is not None],
    )


@bp.route("/admin/topics/new", methods=["GET", "POST"])
@requires(Permission.TOPIC_MANAGE)
def new() -> ResponseReturnValue:
    """Add a topic."""
    form = NewTopicForm()
    if form.validate_on_submit():
        try:
            services.add_topic(current_actor(), form.draft, key=form.new_key)
        except Conflict as conflict:
            put_on_form(conflict, form)
        else:
            notify(_("„%(name)s“ ist angelegt.", name=shortened(form.draft.name_de)))
            return redirect(url_for("topics.index"), code=303)
    return render_template("topics/new.html", form=form), 422 if form.errors else 200


@bp.route("/admin/topics/<uuid:topic_id>", methods=["GET", "POST"])
@requires(Permission.TOPIC_MANAGE)
def edit(topic_id: UUID) -> ResponseReturnValue:
    """Rename a topic, or preset another circle."""
    topic = _get(topic_id)
    form = TopicForm(data=values_of(topic))
    if form.validate_on_submit():
        try:
            changed = services.change_topic(
                current_actor(), topic_id, form.draft, version=form.seen_version
            )
        except Conflict as conflict:
            topic = _get(topic_id)
            put_on_versioned(conflict, form, version=topic.version)
        else:
            notify_of_saving(changed=changed)
            return redirect(url_for("topics.index"), code=303)
    return render_template("topics/edit.html", topic=topic, form=form), 422 if form.errors else 200


@bp.post("/admin/topics/<uuid:topic_id>/move")
@requires(Permission.TOPIC_MANAGE)
def move(topic_id: UUID) -> ResponseReturnValue:
    """Let a topic stand further up or down."""
    place = request.form.get("to", "")[:_LONGEST_PLACE]
    to = int(place) if place.isascii() and place.isdigit() else 0
    after = services.move_topic(current_actor(), topic_id, to=to)
    name = shortened(catalogue_name(_get(topic_id)))
    notify(
        _("„%(name)s“ steht jetzt an Stelle %(place)s.", name=name, place=after + 1), kind="info"
    )
    return redirect(url_for("topics.index", _anchor=f"topic-{topic_id}"), code=303)


@bp.post("/admin/topics/<uuid:topic_id>/retire")
@requires(Permission.TOPIC_MANAGE)
def retire(topic_id: UUID) -> ResponseReturnValue:
    """Offer a topic no more."""
    services.retire_topic(current_actor(), topic_id)
    name = shortened(catalogue_name(_get(topic_id)))
    notify(_("„%(name)s“ wird nicht mehr angeboten.", name=name))
    return redirect(url_for("topics.index"), code=303)


@bp.post("/admin/topics/<uuid:topic_id>/bring-back")
@requires(Permission.TOPIC_MANAGE)
def bring_back(topic_id: UUID) -> ResponseReturnValue:
    """Offer a retired topic again."""
    services.bring_topic_back(current_actor(), topic_id)
    name = shortened(catalogue_name(_get(topic_id)))
    notify(_("„%(name)s“ wird wieder angeboten.", name=name))
    return redirect(url_for("topics.index"), code=303)


def _get(topic_id: UUID) -> Topic:
    found = queries.find(topic_id)
    if found is None:
        raise NotFound(topic_id)
    return found
