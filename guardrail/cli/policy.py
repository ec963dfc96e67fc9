"""`guardrail policy`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from guardrail.cli.options import ConfigFile, settings_from
from guardrail.errors import BadInput, ConfigError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from guardrail.policy import Case, Pack, Rule
    from guardrail.policy.lint import Problem
    from guardrail.policy.obligations import Framework
    from guardrail.policy.reach import World

app = typer.Typer(
    no_args_is_help=True,
    help="Look at law packs: list, show, check, explain, compare, sign, verify.",
)

_MAX_REQUEST = 64 << 20
_MAX_KEY = 16 << 10

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Today = Annotated[
    str | None, typer.Option(help="The day on which rules are looked at, as 2026-12-02 [today].")
]


@app.command("list")
def list_packs(*, json: Json = False) -> None:
    """List the law packs and maps of standards that ship.

    ```sh
    guardrail policy list
    ```

    Name packs with `guardrail serve --policy`: several apply together, and the strictest wins.
    """
    from guardrail.cli.pack_files import title_of
    from guardrail.policy import load_packs, pack_names
    from guardrail.policy.obligations import framework_names, load_framework
    from guardrail.shipped import shipped

    root = shipped("policies")
    packs = load_packs(root, pack_names(root))
    maps = [load_framework(root, name) for name in framework_names(root)]
    if json:
        _print_json(
            {
                "packs": [_summary(pack) for pack in packs],
                "maps": [{"ref": one.ref, "title": one.title} for one in maps],
            }
        )
        return
    for pack in packs:
        typer.echo(f"{pack.ref}: {title_of(pack)}")
        unread = sum(rule.verify_with_counsel for rule in pack.rules)
        typer.echo(
            f"  {len(pack.rules)} rules, {unread} to be verified with counsel; "
            f"people are told in {', '.join(pack.languages)}"
        )
    for one in maps:
        typer.echo(f"{one.ref}: {one.title['en']}; {len(one.controls)} controls, no rules")


@app.command("show")
def show(
    pack: Annotated[
        str, typer.Argument(help="A pack or map that ships, by its name, or a folder with one.")
    ],
    *,
    json: Json = False,
) -> None:
    """Show a pack's rules, with articles, dates, actions and sanctions, or a standard's map.

    ```sh
    guardrail policy show kz-230-viii
    guardrail policy show iso-42001
    ```
    """
    from guardrail.cli.pack_files import pack_at, title_of
    from guardrail.policy.obligations import framework_names, load_framework
    from guardrail.shipped import shipped

    root = shipped("policies")
    if pack in framework_names(root):
        _show_map(load_framework(root, pack), json=json)
        return
    found = pack_at(pack)
    if json:
        _print_json(_summary(found) | {"rules": [_as_json(rule) for rule in found.rules]})
        return
    typer.echo(f"{found.ref}: {title_of(found)}")
    typer.echo(f"SHA-256 {found.digest}")
    for rule in found.rules:
        typer.echo("")
        for line in _rule_lines(rule):
            typer.echo(line)


@app.command("lint")
def lint(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="A pack's folder, or one that holds packs; all that ship where none is named."
        ),
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 on warnings, too.")] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="Also tell what is worth knowing and may be meant.")
    ] = False,
    today: Today = None,
    json: Json = False,
) -> None:
    """Check packs: do they say what they should, and does every rule do what it says?

    Finds unknown keys and the nearest one that was meant, languages that are missing, rules that
    can never apply, clash or expired, missing cases and cases that don't hold, notices that no
    rule tells, articles cited for duties that nothing controls:

    ```sh
    guardrail policy lint
    guardrail policy lint my-packs --strict
    ```

    Ends with 0 where nothing is wrong, with 1 on errors, with 2 where there is nothing to check.
    """
    found = [one for one in _problems(paths or (), today) if notes or one.level != "note"]
    if json:
        from dataclasses import asdict

        _print_json([asdict(one) for one in found])
    else:
        for one in found:
            _say(one)
        counts = [f"{sum(one.level == level for one in found)} {level}s" for level in _LEVELS]
        typer.echo(", ".join(counts[: 3 if notes else 2]))
    failing = _LEVELS[: 2 if strict else 1]
    if any(one.level in failing for one in found):
        raise typer.Exit(1)


@app.command("explain")
def explain(  # noqa: PLR0913 - one parameter for each flag
    request: Annotated[Path, typer.Argument(help="A request's body in a file: JSON.")],
    *,
    path: Annotated[
        str, typer.Option(help="The path that it is sent to, which tells its format.")
    ] = "/v1/chat/completions",
    policy: Annotated[list[str] | None, typer.Option(help="Policy pack; again for more.")] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="Language of what the person is told, as kk; again for more."),
    ] = None,
    today: Today = None,
    json: Json = False,
    config: ConfigFile = None,
) -> None:
    """Explain what the law makes of a request: which rules apply, by which articles, and why.

    Nothing is sent, kept or recorded, no consent is assumed, and no value is printed:

    ```sh
    guardrail policy explain request.json --policy kz-230-viii
    guardrail policy explain request.json --language kk --language ru
    ```
    """
    from guardrail.cli.policy_explaining import as_text, explained, guard_of
    from guardrail.stores.pack_folder import bounded

    settings = settings_from(config, {"policy": policy or None})
    body = bounded(request, _MAX_REQUEST)
    found = explained(guard_of(settings), body, path, _noon(today), language or ())
    if json:
        from dataclasses import asdict

        _print_json(asdict(found))
        return
    for line in as_text(found):
        typer.echo(line)


@app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="The pack as it was: a folder, or one that ships.")],
    new: Annotated[str, typer.Argument(help="The pack as it is to be: a folder, or a name.")],
    *,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 where they differ.")
    ] = False,
    json: Json = False,
) -> None:
    """Say in plain words what a new version of a pack changes, and what becomes milder.

    ```sh
    guardrail policy diff kz-230-viii my-packs/kz-230-viii
    ```
    """
    from guardrail.cli.pack_files import pack_at
    from guardrail.policy.difference import differences
    from guardrail.shells.packs import known_world

    before, after = pack_at(old), pack_at(new)
    found = differences(before, after, known_world())
    if json:
        from dataclasses import asdict

        _print_json([asdict(one) for one in found])
    else:
        typer.echo(f"{before.ref} → {after.ref}")
        for one in found:
            mark = "" if one.effect == "other" else f"{one.effect.upper()}: "
            typer.echo(f"  {mark}{f'{one.where}: ' if one.where else ''}{one.said}")
        if not found:
            typer.echo("  nothing changes")
    if exit_code and found:
        raise typer.Exit(1)


@app.command("bundle")
def bundle(
    folder: Annotated[Path, typer.Argument(help="A folder that holds packs.")],
    *,
    key: Annotated[Path, typer.Option(help="Ed25519 private key, PEM, unencrypted.")],
) -> None:
    """Sign a folder of packs: write SHA256SUMS and its signature into it.

    Packs that don't load, or whose own cases don't hold, aren't signed:

    ```sh
    openssl genpkey -algorithm ed25519 -out packs.pem
    openssl pkey -in packs.pem -pubout -out packs.pub
    guardrail policy bundle my-packs --key packs.pem
    guardrail policy verify my-packs --key packs.pub
    ```

    Other tools check it, too: `sha256sum -c SHA256SUMS`, and `openssl pkeyutl -verify`.
    """
    from guardrail.policy.bundle import SIGNATURE, SUMS, digest_list, private_key, sign
    from guardrail.stores.pack_folder import bounded, files_of
    from guardrail.stores.vault import replace_file

    signer = private_key(bounded(key, _MAX_KEY), str(key))
    refs, wrong = _refs(folder)
    if wrong:
        raise ConfigError("\n".join(wrong), fix=f"see: guardrail policy lint {folder}")
    sums = digest_list(files_of(folder, without=frozenset({SUMS, SIGNATURE})), refs)
    replace_file(folder / SUMS, sums, mode=0o666)
    replace_file(folder / SIGNATURE, sign(sums, signer), mode=0o666)
    typer.echo(f"signed: {', '.join(refs)}")


@app.command("verify")
def verify(
    folder: Annotated[Path, typer.Argument(help="A folder of packs that was signed.")],
    *,
    key: Annotated[Path, typer.Option(help="The signer's Ed25519 public key, PEM.")],
) -> None:
    """Verify that packs are what was signed: no file changed, added or taken away.

    ```sh
    guardrail policy verify my-packs --key packs.pub
    ```

    Ends with 1 and says which files aren't, or that the signature is another's. Keep the key
    elsewhere than the packs: whoever can change these could change a key beside them.
    """
    from guardrail.policy.bundle import (
        MAX_SUMS,
        SIGNATURE,
        SUMS,
        mismatches,
        open_sums,
        public_key,
    )
    from guardrail.stores.pack_folder import bounded, files_of

    signer = public_key(bounded(key, _MAX_KEY), str(key))
    if not (folder / SUMS).is_file() or not (folder / SIGNATURE).is_file():
        raise BadInput(
            f"{folder} holds no {SUMS} with {SIGNATURE}: it isn't a bundle",
            fix=f"sign it: guardrail policy bundle {folder} --key packs.pem",
        )
    sums, signature = bounded(folder / SUMS, MAX_SUMS), bounded(folder / SIGNATURE, _MAX_KEY)
    try:
        opened = open_sums(sums, signature, signer)
        files = files_of(folder, without=frozenset({SUMS, SIGNATURE}))
    except ConfigError as error:
        _not_verified([f"{error}{f' → {error.fix}' if error.fix else ''}"])
    # Only what is signed is parsed.
    wrong = list(mismatches(opened, files)) or _refs(folder)[1]
    if wrong:
        _not_verified(wrong)
    typer.echo(f"verified: {len(files)} files, {', '.join(opened.refs)}")


def _not_verified(problems: Sequence[str]) -> NoReturn:
    for line in problems:
        typer.secho(f"PROBLEM: {line}", fg=typer.colors.RED)
    typer.echo("NOT VERIFIED: don't use these packs")
    raise typer.Exit(1)


_LEVELS = ("error", "warning", "note")
_COLOURS = {"error": typer.colors.RED, "warning": typer.colors.YELLOW}


def _say(one: Problem) -> None:
    where = f"{one.pack}: {one.where}: " if one.where else f"{one.pack}: "
    typer.secho(f"{one.level}: ", fg=_COLOURS.get(one.level), nl=False)
    typer.echo(f"{where}{one.said} [{one.kind}]")
    if one.fix:
        typer.echo(f"  → {one.fix}")


def _problems(paths: Sequence[Path], today: str | None) -> Iterator[Problem]:
    from guardrail.cli.pack_files import packs_at
    from guardrail.policy import pack_names
    from guardrail.shells.packs import known_world
    from guardrail.shipped import shipped

    own = shipped("policies")
    groups: list[tuple[Traversable, tuple[str, ...]]] = [packs_at(path) for path in paths]
    groups = groups or [(own, pack_names(own))]
    world, day = known_world(), _noon(today).date()
    for root, names in groups:
        yield from _problems_in(root, names, world, day)


def _problems_in(
    root: Traversable, names: Sequence[str], world: World, today: date
) -> Iterator[Problem]:
    from guardrail.policy import load_cases, load_packs
    from guardrail.policy.lint import Level, Problem, problems
    from guardrail.policy.obligations import has_register, load_register
    from guardrail.shipped import shipped

    packs: list[Pack] = []
    cases: dict[str, Sequence[Case]] = {}
    for name in names:
        try:
            packs += load_packs(root, [name], known_entities=world.entities.keys())
            cases[name] = load_cases(root, name)
        except ConfigError as error:
            for line in str(error).split("\n"):
                yield Problem(
                    level=Level.ERROR, pack=name, where="", kind="load", said=line, fix=error.fix
                )
    register = load_register(root if has_register(root) else shipped("policies"))
    yield from problems(packs, cases, world=world, today=today, register=register)


def _refs(folder: Path) -> tuple[tuple[str, ...], list[str]]:
    """Return what packs a folder holds, and what keeps them from being used."""
    from guardrail.cli.pack_files import packs_at
    from guardrail.policy.candidate import candidate
    from guardrail.shells.packs import known_world

    root, names = packs_at(folder)
    entities = known_world().entities.keys()
    found = [candidate(root, [name], known_entities=entities) for name in names]
    refs = [ref for one in found if one.judge is not None for ref in one.judge.refs]
    return tuple(refs), [problem for one in found for problem in one.problems]


def _noon(today: str | None) -> datetime:
    """Return the time that is asked about: now, or the noon of a day.

    Raises:
        BadInput: `today` is no day.
    """
    if today is None:
        return datetime.now(UTC)
    try:
        return datetime.combine(date.fromisoformat(today), time(12), tzinfo=UTC)
    except ValueError:
        raise BadInput(f"{today!r} is no day", fix="write it as 2026-12-02") from None


def _print_json(value: object) -> None:
    import orjson

    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def _summary(pack: Pack) -> dict[str, object]:
    return {
        "ref": pack.ref,
        "digest": pack.digest,
        "title": dict(pack.title),
        "jurisdiction": pack.jurisdiction,
        "rank": pack.rank,
        "languages": pack.languages,
        "review_by": pack.review_by,
        "retention": pack.retention,
        "rules_count": len(pack.rules),
    }


def _as_json(rule: Rule) -> dict[str, object]:
    from guardrail.policy.difference import does

    return {
        "id": rule.id,
        "article": rule.article,
        "also": rule.also,
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
        "does": does(rule),
        "on_error": rule.on_error,
        "obligations": rule.obligation,
        "sanction": rule.sanction,
        "remark": rule.remark,
        "source": rule.source,
        "verify_with_counsel": rule.verify_with_counsel,
    }


def _rule_lines(rule: Rule) -> Iterator[str]:
    from guardrail.policy.difference import does

    until = f" to {rule.valid_to}" if rule.valid_to else " on"
    yield f"{rule.id}: {does(rule)}"
    yield f"  law: {'; '.join((rule.article, *rule.also))}, from {rule.valid_from}{until}"
    yield f"  duties: {', '.join(rule.obligation)}"
    for name, said in (("sanction", rule.sanction), ("remark", rule.remark)):
        if said:
            yield f"  {name}: {said}"
    if rule.verify_with_counsel:
        yield f"  to be verified with counsel: {rule.source}"


def _show_map(framework: Framework, *, json: bool) -> None:
    if json:
        _print_json(framework.model_dump(mode="json"))
        return
    typer.echo(f"{framework.ref}: {framework.title['en']}")
    for control in framework.controls:
        met = ", ".join((*control.obligations, *control.rules))
        typer.echo(f"{control.id}: {control.about}")
        if met:
            typer.echo(f"  met by: {met}")
        if control.gap:
            typer.echo(f"  left: {control.gap}")
