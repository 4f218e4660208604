"""Listed: the judged requests with some verdicts, in the order of the input.

Requests of which counting has shown that they have other verdicts are not judged once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from cxaudit.model import Verdict

if TYPE_CHECKING:
    from cxaudit.audit import Audit
    from cxaudit.promises.readings import Reading

#: So many requests, of about 150 bytes, are brought together and sorted; more of them are streamed in their order.
HELD_REQUESTS = 2_000_000


def judged_with(audit: Audit, verdicts: Sequence[Verdict], readings: Sequence[Reading] | None = None) -> pl.LazyFrame:
    """The judged requests inside the period with one of these verdicts, in the order of the input; under all readings asked
    for, or under these."""
    wanted = pl.col("is_inside"), pl.col("verdict").is_in(list(verdicts))
    if audit.is_small:
        return audit.judged.filter(*wanted).sort("at")
    if audit.kinds is None:
        return audit.judge(audit.requests_in_order, readings=readings).filter(*wanted)
    kinds, of = audit.kinds.with_verdicts(verdicts), audit.kinds.condensed.of
    if int(kinds["n"].sum()) <= HELD_REQUESTS:
        requests = of(kinds, audit.requests).collect(engine="streaming")
        return audit.judge(requests.lazy(), readings=readings).filter(*wanted).sort("at")
    is_all = kinds.height == audit.kinds.judged.height
    requests_in_order = audit.requests_in_order if is_all else of(kinds, audit.requests_in_order)
    return audit.judge(requests_in_order, readings=readings).filter(*wanted)
