"""Entries as events of OCSF 1.8.0: API Activity (6003), profiles ``ai_operation`` and
``security_control``, for whatever gathers security events.

Data Security Finding (2006) would sound nearer, but doesn't take ``ai_operation``. What OCSF has no
place for stands under ``unmapped``.
"""  # noqa: D205 - the first line names the version and the class

from __future__ import annotations

from collections.abc import Mapping

from guardrail.audit.tally import Place

VERSION = "1.8.0"
PROFILES = ("ai_operation", "security_control")
CLASS, CATEGORY = 6003, 6

_ACTIONS: Mapping[str, tuple[int, int, int]] = {
    "allow": (1, 1, 1),
    "pseudonymise": (4, 11, 2),
    "mask": (4, 11, 2),
    "hold": (2, 3, 3),
    "refuse": (2, 2, 3),
}
"""Action to ``action_id``, ``disposition_id``, ``severity_id``."""
_OF_KIND: Mapping[str, tuple[int, int, int]] = {"error": (2, 27, 3), "unexamined": (3, 16, 3)}
_OTHER = (0, 0, 1)

_ROLES: Mapping[str, tuple[int, int]] = {
    "request": (1, 1),
    "reply": (2, 2),
    "stream.open": (2, 2),
    "stream.finding": (2, 2),
    "stream.close": (2, 2),
    "unexamined": (99, 0),
    "error": (99, 0),
}
"""Kind to ``activity_id`` (create, read, other) and ``ai_role_id`` (user, assistant)."""

KEPT = ("hits", "standings", "entities", "duties", "disclosed", "lang", "opaque", "marks", "layers",
        "unmarked", "in", "out", "det", "use", "pol", "findings", "events", "forced",
        "late")  # fmt: skip
"""Fields of an entry that go under ``unmapped``."""


def event(
    record: Mapping[str, object], place: Place, *, product: str, log: str
) -> dict[str, object] | None:
    """Return an entry as an event; None for kinds that aren't about a message.

    Args:
        record: the entry.
        place: where it stands.
        product: guardrail's version.
        log: the log's name.
    """
    kind = str(record.get("t"))
    if kind not in _ROLES:
        return None
    activity, role = _ROLES[kind]
    action, disposition, severity = _OF_KIND.get(kind) or _ACTIONS.get(
        str(record.get("act")), _OTHER
    )
    failed = kind == "error"
    made: dict[str, object] = {
        "activity_id": activity,
        "category_uid": CATEGORY,
        "class_uid": CLASS,
        "type_uid": CLASS * 100 + activity,
        "time": _number(record, "ts") // 1000,
        "severity_id": severity,
        "status_id": 2 if failed else 1,
        "action_id": action,
        "disposition_id": disposition,
        "actor": _actor(record),
        "api": {"operation": kind, "request": {"uid": str(record.get("req") or "none")}},
        "src_endpoint": {"name": "not recorded"},
        "message_context": _context(record, role),
        "metadata": _metadata(record, product, log),
        "unmapped": {
            "shard": place.shard,
            "index": place.index,
            "leaf": place.leaf,
            **{name: record[name] for name in KEPT if name in record},
        },
    }
    if failed:
        made["status_code"] = str(record.get("code", ""))
    if isinstance(spent := record.get("lat_us"), int):
        made["duration"] = spent // 1000
    return made | _rule(record) | _model(record)


def _actor(record: Mapping[str, object]) -> dict[str, object]:
    subject = record.get("sub")
    return {"user": {"uid": subject}} if subject else {"app_name": "caller without a subject"}


def _context(record: Mapping[str, object], role: int) -> dict[str, object]:
    wire = str(record.get("wire") or "unknown")
    return {"service": {"name": wire}, "ai_role_id": role, "uid": str(record.get("req") or "")}


def _metadata(record: Mapping[str, object], product: str, log: str) -> dict[str, object]:
    number = _number(record, "n")
    return {
        "version": VERSION,
        "profiles": list(PROFILES),
        "product": {"name": "guardrail", "vendor_name": "guardrail", "version": product},
        "uid": f"{record.get('w')}-{number}",
        "sequence": number,
        "log_name": log,
        "event_code": str(record.get("t")),
    }


def _rule(record: Mapping[str, object]) -> dict[str, object]:
    """Return the strictest rule and its pack: the class has room for one of each."""
    hits = [hit for hit in _list(record, "hits") if isinstance(hit, dict)]
    packs = [pack for pack in _list(record, "pol") if isinstance(pack, dict)]
    told: dict[str, object] = {}
    if hits:
        order = list(_ACTIONS)
        first = max(hits, key=lambda hit: order.index(hit.get("action", "allow")))
        told["firewall_rule"] = {
            "uid": first.get("rule"),
            "name": first.get("rule"),
            "desc": first.get("article"),
        }
    if packs:
        first = packs[0]
        told["policy"] = {"uid": first.get("id"), "name": first.get("id"),
                          "version": first.get("ver"), "is_applied": bool(hits)}  # fmt: skip
    return told


def _model(record: Mapping[str, object]) -> dict[str, object]:
    name = record.get("model")
    return {"ai_model": {"name": name, "ai_provider": "unknown"}} if name else {}


def _list(record: Mapping[str, object], name: str) -> list[object]:
    value = record.get(name)
    return value if isinstance(value, list) else []


def _number(record: Mapping[str, object], name: str) -> int:
    value = record.get(name)
    return value if isinstance(value, int) else 0
