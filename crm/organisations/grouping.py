"""How organisations are grouped when they are counted: by municipality, industry and size class.

The conditions by which lists narrow and the columns by which figures group stand side by side, so
that a figure and the list behind it agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum, unique

import sqlalchemy as sa

from crm.organisations.models import SIZE_LIMITS, Organisation, SizeClass

# In an address: those whose industry nobody has entered
NO_INDUSTRY = "-"


@unique
class SizeGroup(StrEnum):
    """A size class (2003/361/EC), or that no number of employees is known."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    UNKNOWN = "unknown"


# As `Organisation.size_class`: nobody at the upper end says as little as no upper end
_headcount = sa.func.coalesce(sa.func.nullif(Organisation.employees_to, 0), Organisation.employees)
size_group: sa.ColumnElement[str] = sa.case(
    (_headcount.is_(None), SizeGroup.UNKNOWN.value),
    *((_headcount < limit, size.value) for limit, size in SIZE_LIMITS),
    else_=SizeClass.LARGE.value,
)
industry_group: sa.ColumnElement[str] = sa.case(
    (Organisation.industry == "", NO_INDUSTRY), else_=Organisation.industry
)


def grouped_as(
    *, municipality: str = "", industry: str = "", size: SizeGroup | None = None
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions of these groups.

    industry  as it is written, the beginning of a WZ code, or `NO_INDUSTRY`
    """
    if municipality:
        yield Organisation.municipality == municipality
    if industry == NO_INDUSTRY:
        yield industry_group == NO_INDUSTRY
    elif industry:
        yield sa.or_(
            Organisation.industry == industry,
            Organisation.wz_2008.startswith(industry, autoescape=True),
            Organisation.wz_2025.startswith(industry, autoescape=True),
        )
    if size:
        yield size_group == size.value
