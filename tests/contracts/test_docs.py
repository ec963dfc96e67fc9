"""The pages say what the program does: tables are made from it, names are looked up in it.

``WRITE_DOCS=1 pytest tests/contracts/test_docs.py`` writes the tables.
"""

import ast
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import typer
import yaml
from pydantic import BaseModel
from starlette.routing import Route

from guardrail import errors
from guardrail.cli import app
from guardrail.detect import ENTITIES
from guardrail.evidence import EntryKind
from guardrail.policy import load_packs, pack_names
from guardrail.policy.obligations import (
    Obligation,
    framework_names,
    load_framework,
    load_register,
    rules_by_obligation,
)
from guardrail.settings import ENV_PREFIX, Settings
from guardrail.shells.admin import admin_app
from guardrail.shipped import shipped
from guardrail.telemetry import Metrics

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
TOP = [CHECKOUT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "AGENTS.md")]
SOURCE = [p for p in sorted((CHECKOUT / "guardrail").rglob("*.py")) if "testing" not in p.parts]


def text_of(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def cell(text: str) -> str:
    # Docstrings mark code as reStructuredText does.
    return " ".join(text.split()).replace("|", "\\|").replace("``", "`")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([cell(each) for each in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


Command: TypeAlias = Any
Parameter: TypeAlias = Any
"""Typer carries a click of its own, whose names aren't public."""


# ---------------------------------------------------------------- what is generated


def _form(schema: dict[str, Any]) -> str:
    match schema:
        case {"enum": list(words)}:
            return " or ".join(f"`{word}`" for word in words)
        case {"anyOf": list(options)}:
            return " or ".join(_form(option) for option in options if option.get("type") != "null")
        case {"type": "array", "items": dict(items)}:
            return f"list of {_form(items)}"
        case {"type": "object"}:
            return "mapping"
        case _:
            kind = schema["type"]
            return _bounds(str(schema.get("format", _WORDS.get(kind, kind))), schema)


_WORDS = {"string": "text", "boolean": "true or false"}


def _bounds(name: str, schema: dict[str, Any]) -> str:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None:
        return name
    if high is not None and "minimum" in schema:
        return f"{name}, {low:g} to {high:g}"
    most = f", at most {high:g}" if high is not None else ""
    return f"{name}, {'at least' if 'minimum' in schema else 'over'} {low:g}{most}"


def _value(value: object) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case tuple() | list():
            return f"`[{', '.join(map(str, value))}]`"
        case dict():
            return "`{}`"
        case _:
            return f"`{value}`"


def _fields(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, str, str, str, str]]:
    schema = model.model_json_schema()
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _fields(inner, f"{above}{name}.")
            continue
        variable = ENV_PREFIX + f"{above}{name}".replace(".", "__").upper()
        form = _form(schema["properties"][name])
        default = _value(field.get_default(call_default_factory=True))
        yield f"`{above}{name}`", f"`{variable}`", form, default, field.description or ""


def settings_table() -> str:
    return table(("setting", "variable", "form", "default", "meaning"), list(_fields(Settings)))


def _leaves(command: Command, name: str) -> Iterator[tuple[str, Command]]:
    for below, inner in getattr(command, "commands", {}).items():
        yield from _leaves(inner, f"{name} {below}")
    if not getattr(command, "commands", {}):
        yield name, command


def commands() -> list[tuple[str, Command]]:
    return list(_leaves(typer.main.get_command(app), "guardrail"))


def _parameter(parameter: Parameter) -> tuple[str, str]:
    meaning: str = getattr(parameter, "help", None) or ""
    if parameter.param_type_name == "argument":
        return f"`{(parameter.name or '').upper()}`", meaning
    flags = ", ".join(f"`{flag}`" for flag in (*parameter.opts, *parameter.secondary_opts))
    return flags, f"{meaning}{' Required.' if parameter.required else ''}"


def command_list() -> str:
    parts = []
    for name, command in commands():
        parts.append(f"## {name}\n\n{(command.help or '').strip()}\n")
        rows = [_parameter(each) for each in command.params]
        if rows:
            parts.append(table(("flag", "meaning"), rows))
    return "\n".join(parts)


def metrics_table() -> str:
    rows = []
    for family in _families():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        rows.append((f"`{name}`", family.type, _labels(family.name), family.documentation))
    return table(("metric", "type", "labels", "counts"), sorted(rows))


def _families() -> list[Any]:
    return list(Metrics().registry.collect())


def _labels(name: str) -> str:
    registry = Metrics().registry
    collector = registry._names_to_collectors[name]
    return ", ".join(f"`{label}`" for label in getattr(collector, "_labelnames", ()))


def entities_table() -> str:
    rows = [(f"`{name}`", f"`{e.pii_type}`", e.category.value) for name, e in ENTITIES.items()]
    return table(("entity", "kind, for `--pii`", "category"), rows)


def rules_table() -> str:
    parts = []
    root = shipped("policies")
    for pack in load_packs(root, pack_names(root)):
        document: dict[str, Any] = yaml.safe_load((root / pack.id / "pack.yaml").read_text("utf-8"))
        parts.append(f"### {pack.ref}\n\n{pack.title['en']}.\n")
        parts.append(
            table(
                ("rule", "article", "since", "does", "read", "remark"),
                [_rule(rule) for rule in document["rules"]],
            )
        )
    return "\n".join(parts)


def _article(article: dict[str, str]) -> str:
    unit = article.get("unit", "art.")
    return f"{article['instrument']} {unit} {article['article']}{article.get('paragraph', '')}"


def obligations_list() -> str:
    root = shipped("policies")
    register = load_register(root)
    rules = rules_by_obligation(load_packs(root, pack_names(root)))
    parts = []
    for law in dict.fromkeys(one.law for one in register.obligations):
        rows = [_obligation(one, rules) for one in register.obligations if one.law == law]
        parts.append(f"### {law}\n")
        parts.append(table(("id", "law", "duty", "met", "by", "rules", "tests"), rows))
    return "\n".join(parts)


def _obligation(one: Obligation, rules: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    since = f" From {one.applies_from} on." if one.applies_from else ""
    named = ", ".join(f"`{rule}`" for rule in rules.get(one.id, ()))
    tests = ", ".join(f"`{test}`" for test in one.tests)
    return (
        one.id,
        f"{one.cite}.{since}",
        one.duty,
        one.met,
        ", ".join(one.controls),
        named or f"None: {one.no_rule}",
        tests or f"None: {one.no_test}",
    )


def controls_table() -> str:
    register = load_register(shipped("policies"))
    rows = [
        (name, one.does, ", ".join(f"`{path}`" for path in one.where) or f"Nowhere: {one.why_not}")
        for name, one in sorted(register.controls.items())
    ]
    return table(("control", "does", "where"), rows)


def maps_list() -> str:
    root = shipped("policies")
    parts = []
    for name in framework_names(root):
        framework = load_framework(root, name)
        rows = [
            (
                one.id,
                one.about,
                ", ".join((*one.obligations, *(f"`{rule}`" for rule in one.rules))),
                one.gap or "",
            )
            for one in framework.controls
        ]
        parts.append(f"### {framework.ref}\n\n{framework.title['en']}. {framework.source}\n")
        parts.append(table(("control", "about", "met by", "left to you"), rows))
    return "\n".join(parts)


def _rule(rule: dict[str, Any]) -> tuple[str, ...]:
    does = rule.get("action") or ", ".join(rule.get("duties", ()))
    if "choose" in rule:
        does = f"`{rule['choose']['setting']}`: {', '.join(rule['choose']['among'])}"
    return (
        f"`{rule['id']}`",
        "; ".join(_article(each) for each in (rule["article"], *rule.get("also", ()))),
        rule["valid_from"],
        does,
        f"{'**Verify.** ' if rule['verify_with_counsel'] else ''}{rule['source']}",
        " ".join(filter(None, (rule.get("remark"), rule.get("sanction")))),
    )


_VERDICTS = ("text", "opaque", "sealed", "inert")


def formats_list() -> str:
    parts = []
    for folder in sorted(Path(str(shipped("adapters"))).iterdir()):
        spec = yaml.safe_load((folder / "wire.yaml").read_text("utf-8"))
        routes = [
            f"{route['method']} `{path}`"
            for route in spec.get("routes", ())
            for path in route["paths"]
        ]
        rows = [
            (side, *row)
            for side in ("request", "reply", "stream")
            for row in _rules_of(spec.get(side) or {})
        ]
        parts.append(f"### {spec['name']}\n\n{', '.join(routes) or 'By `wires` only.'}\n")
        if usage := _usage_of(spec.get("usage") or {}):
            parts.append(f"{usage}\n")
        if rows:
            parts.append(table(("in the", "what", "who", "places"), rows))
    return "\n".join(parts)


def labels_table() -> str:
    """Return where each format has labels, of those that have any in their bodies."""
    rows = []
    for folder in sorted(Path(str(shipped("adapters"))).iterdir()):
        spec = yaml.safe_load((folder / "wire.yaml").read_text("utf-8"))
        whole = (spec.get("reply") or {}).get("label") or []
        stream = spec.get("stream") or {}
        member = stream.get("label") or {}
        events = [_event_of(member[one]) if one in member else "" for one in ("first", "last")]
        if stream.get("comments"):
            events = ["a comment", "a comment"]
        places = [f"`{one['at']}`" for one in (whole if isinstance(whole, list) else [whole])]
        if places or any(events):
            rows.append((spec["name"], ", ".join(places), *events))
    return table(("format", "whole reply", "stream: first", "stream: signed"), rows)


def _event_of(label: dict[str, Any]) -> str:
    which = [f"`{one}`" for one in label.get("of", ())]
    which += [f"what has `{label['given']}`"] if "given" in label else []
    return f"`{label['at']}` of {', '.join(which)}"


def _usage_of(usage: dict[str, Any]) -> str:
    if not usage:
        return ""
    places = ["its root" if place == "$" else f"`{place}`" for place in usage["at"]]
    counts = [
        f"{' + '.join(f'`{name}`' for name in usage[side])} ({side})"
        for side in ("input", "output")
        if side in usage
    ]
    return f"Tokens, in {' or '.join(places)}: {', '.join(counts)}."


def _rules_of(side: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for rule in side.get("strings", ()):
        verdict = next(name for name in _VERDICTS if name in rule)
        if verdict == "inert":
            continue
        heads = [f"{head}." for head in rule.get("under", ())] or [""]
        places = ", ".join(f"`{head}{path}`" for head in heads for path in rule[verdict])
        what = {"opaque": f"media: {rule.get('medium', '')}", "sealed": "sealed"}.get(
            verdict, rule.get("kind", "text")
        )
        yield what, rule.get("author", "speaker") if verdict == "text" else "", places


GENERATED: dict[str, tuple[str, Callable[[], str]]] = {
    "settings": ("settings.md", settings_table),
    "cli": ("cli.md", command_list),
    "metrics": ("metrics.md", metrics_table),
    "entities": ("consent.md", entities_table),
    "rules": ("policy.md", rules_table),
    "controls": ("obligations.md", controls_table),
    "obligations": ("obligations.md", obligations_list),
    "maps": ("obligations.md", maps_list),
    "formats": ("wire-formats.md", formats_list),
    "labels": ("labels.md", labels_table),
}


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_generated_is_up_to_date(name: str) -> None:
    page, make = GENERATED[name]
    begin, end = f"<!-- generated: {name} -->\n", "<!-- end -->"
    before, _, rest = text_of(page).partition(begin)
    stands, _, after = rest.partition(end)
    assert rest, f"{page} has no place for it"
    if os.environ.get("WRITE_DOCS"):
        (DOCS / page).write_text(before + begin + "\n" + make() + "\n" + end + after, "utf-8")
    else:
        assert stands.strip() == make().strip(), "WRITE_DOCS=1 pytest tests/contracts/test_docs.py"


# ---------------------------------------------------------------- what is looked up


def test_every_command_has_help_with_an_example() -> None:
    for name, command in commands():
        assert "```" in (command.help or ""), name


def test_every_setting_says_what_it_means() -> None:
    assert all(meaning for *_, meaning in _fields(Settings))


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _in_call(node: ast.Call) -> Iterator[tuple[str, int]]:
    given = {word.arg: word.value for word in node.keywords}
    kind = getattr(errors, _called(node), None)
    status = given.get("status")
    told = status.value if isinstance(status, ast.Constant) else getattr(kind, "status", 0)
    if _called(node) == "fail" and len(node.args) > 1:
        told, given = 0, {"code": node.args[1]}
    if code := _text(given.get("code")):
        yield code, told if isinstance(told, int) else 0


def _raised() -> dict[str, set[int]]:
    """Return every error code in the source, and the statuses it is raised with; 0 is unknown."""
    found: dict[str, set[int]] = {"malformed_http": {400}}
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.GuardrailError):
            found.setdefault(kind.code, set()).add(kind.status)
    for path in SOURCE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                for code, status in _in_call(node):
                    found.setdefault(code, set()).add(status)
            elif isinstance(node, ast.Dict) and path.name == "refuse.py":
                for word in node.values:
                    found.setdefault(_text(word), set()).add(400)
    return found


def _documented(rows: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `([a-z0-9_]+)` \| ([^|]*?) \|", rows, re.MULTILINE))


def _error_tables() -> tuple[dict[str, str], dict[str, str]]:
    answers, _, command_line = (
        text_of("headers.md").partition("## Errors")[2].partition("### On the command line")
    )
    return _documented(answers), _documented(command_line)


NOT_CODES = {"complete", "client_gone", ""}
"""Ways that a stream ends: `code` in evidence, but no error that anybody gets."""


def test_every_error_code_is_documented_and_none_that_isnt_there() -> None:
    answers, command_line = _error_tables()
    assert answers.keys() | command_line.keys() == _raised().keys() - NOT_CODES


def test_every_error_is_documented_with_its_status() -> None:
    answers, _ = _error_tables()
    raised = _raised()
    for code, status in answers.items():
        assert raised[code] - {0} <= {int(status)}, code


def test_every_header_of_ours_is_documented() -> None:
    said = text_of("headers.md").lower()
    ours = re.compile(r'b"((?:guardrail|ai)-[a-z-]+[a-z])"')
    for path in SOURCE:
        for name in ours.findall(path.read_text("utf-8")):
            assert f"`{name}`" in said, f"{name} in {path.name}"


def test_every_kind_of_evidence_is_documented() -> None:
    assert all(f"`{kind}`" in text_of("evidence.md") for kind in EntryKind)


def test_every_path_of_the_admin_port_is_documented() -> None:
    served = admin_app(list, Metrics().registry, dict)
    for route in served.routes:
        assert isinstance(route, Route)
        assert f"`{route.path}`" in text_of("metrics.md")


def test_every_metric_named_in_a_page_is_one() -> None:
    known = {family.name for family in _families()}
    for name in re.findall(r"\bguardrail_[a-z_]+", text_of("metrics.md")):
        assert name.removesuffix("_total") in known


def test_every_rule_that_wasnt_read_in_the_official_text_says_so() -> None:
    root = shipped("policies")
    for pack in load_packs(root, pack_names(root)):
        document = yaml.safe_load((root / pack.id / "pack.yaml").read_text("utf-8"))
        assert rules_table().count("**Verify.**") >= len(document["rules"])


def test_a_setting_within_two_sections_is_named_in_full() -> None:
    assert (
        "| `labels.media.certificate` | `GUARDRAIL_LABELS__MEDIA__CERTIFICATE` |"
        in settings_table()
    )


def test_settings_named_in_a_page_are_settings() -> None:
    known = {key.strip("`") for key, *_ in _fields(Settings)} | {"consent.jwk", "evidence.pem"}
    sections = {key.partition(".")[0] for key in known if "." in key}
    named = re.compile(rf"`((?:{'|'.join(sections)})\.(?!csv`)[a-z_]+)`")
    for page in [*PAGES, *TOP]:
        for key in named.findall(page.read_text("utf-8")):
            assert key in known, f"{key} in {page.name}"
