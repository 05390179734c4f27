"""What Alembic runs: the models' metadata and one connection."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext

from config import Settings
from crm import models as _every_table  # noqa: F401 - declares what the metadata holds
from crm.db import Base, make_engine
from crm.types import Key, Moment

connection = context.config.attributes.get("connection")


def render(kind: str, item: object, autogen_context: AutogenContext) -> str | bool:
    """Write our own column types into new migrations."""
    if kind == "type" and isinstance(item, Key | Moment):
        autogen_context.imports.add("from crm import types")
        return f"types.{type(item).__name__}()"
    return False


OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "render_as_batch": True,
    "compare_type": True,
    "render_item": render,
}


if connection is not None:
    context.configure(connection=connection, **OPTIONS)
    context.run_migrations()
else:
    with make_engine(Settings.from_env().url, write=True).begin() as connection:
        context.configure(connection=connection, **OPTIONS)
        context.run_migrations()
