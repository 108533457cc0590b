"""What people who ask for something are in danger of, as rows."""

import json
from collections.abc import Collection

from sqlalchemy import Text, cast, or_, select, union_all

from data.model import Danger, RequestId, RequestState
from data.store.database.engine import Tx
from data.store.schema import duplicate, request


def waiting_in_danger(tx: Tx, wanted: Collection[Danger]) -> dict[RequestId, frozenset[Danger]]:
    """Return the requests that are neither done nor handed over and have any of some dangers.

    With all of these that were told of each: by itself, or by requests that were merged into it.
    """
    kept = request.alias("kept")
    waits = (RequestState.NEW, RequestState.OPEN)
    words = cast(request.c.dangers, Text)
    told = or_(*(words.contains(f'"{danger}"') for danger in sorted(wanted)))
    own = select(request.c.id, words.label("dangers")).where(request.c.state.in_(waits), told)
    merged = (
        select(duplicate.c.kept_id, words)
        .join(request, request.c.id == duplicate.c.request_id)
        .join(kept, kept.c.id == duplicate.c.kept_id)
        .where(kept.c.state.in_(waits), told)
    )
    found: dict[RequestId, frozenset[Danger]] = {}
    for row in tx.execute(union_all(own, merged)):
        request_id, dangers = RequestId(row.id), frozenset(map(Danger, json.loads(row.dangers)))
        found[request_id] = found.get(request_id, frozenset()) | (dangers & frozenset(wanted))
    return found
