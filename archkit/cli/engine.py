"""`archkit engine`: which Pulumi engine is used."""

from typing import Annotated

import typer

from archkit import console
from archkit.engine import ensure_engine
from archkit.engine.provider import has_plugin, plugin_folder, sdk_version


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def engine(
        json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
        rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the cached engine again.")] = False,
    ) -> None:
        """Tell which Pulumi engine is used, or make it where there is none.

        It is looked for on PATH, then in the user's cache folder; else Pulumi's own installer is tried, then a build
        from `tools/engine` with Go (minutes to most of an hour, by the machine; once).

        **Examples**

            archkit engine

            archkit engine --json

            archkit engine --rebuild
        """
        found = ensure_engine(rebuild=rebuild)
        plugins = {
            name: {"version": sdk_version(name), "folder": str(plugin_folder(name)), "installed": has_plugin(name)}
            for name in ("docker", "aws")
        }
        if json:
            console.print_json(
                {
                    "version": found.version,
                    "source": found.source,
                    "root": str(found.root),
                    "binaries": str(found.binaries),
                    "plugins": plugins,
                }
            )
            return
        console.out.print(f"pulumi {found.version} ({found.source}) in {found.binaries}")
        for name, plugin in plugins.items():
            state = "installed" if plugin["installed"] else "not here; the engine downloads it when a stack needs it"
            console.out.print(f"provider {name} {plugin['version']}: {state}")
        console.out.print(f'for a plain `pulumi up`: export PATH="{found.binaries}:$PATH"', highlight=False)
