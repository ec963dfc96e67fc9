"""`guardrail config`."""

from __future__ import annotations

import typer

from guardrail.cli.options import ConfigFile, settings_from

app = typer.Typer(no_args_is_help=True, help="Look at settings: their schema, what is effective.")


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of guardrail.yaml, for editors.

    Begin the file with a line that names it:

    ```yaml
    # yaml-language-server: $schema=guardrail.schema.json
    ```
    """
    typer.echo(schema_text(), nl=False)


@app.command("show")
def show(config: ConfigFile = None) -> None:
    """Print the effective settings as YAML; secrets are left out.

    ```sh
    guardrail config show --config guardrail.yaml
    ```
    """
    import yaml

    from guardrail.settings.shown import shown

    settings = settings_from(config, {})
    told = shown(settings)
    typer.echo(yaml.safe_dump(told, sort_keys=False, allow_unicode=True), nl=False)


def schema_text() -> str:
    """Return the JSON Schema as it is printed and kept in the documentation."""
    import orjson

    from guardrail.settings import Settings

    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Settings.model_json_schema(),
        "title": "guardrail.yaml",
    }
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2).decode() + "\n"
