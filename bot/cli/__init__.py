"""The `oncecast` command: which verbs there are and in which module each is found. No verb is carried out here.

A verb's module, and all it stands on, is imported only when the verb is said: a fast start is a courtesy.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

VERBS: dict[str, dict[str, tuple[str, str]]] = {
    "To begin": {
        "rehearse": ("rehearsing", "See it all at work on this machine: no account, no secret, nothing leaves."),
        "init": ("setting_up", "Make a configuration file for a blog."),
        "channels": ("channels", "List, add, test, pause and resume channels."),
        "check": ("setting_up", "Try the configuration, every feed and every credential."),
        "preview": ("previewing", "Show what each channel would get; publishes nothing."),
    },
    "At work": {
        "run": ("running", "Publish each new post, until stopped."),
        "once": ("running", "Do one round of all that is due, as for cron."),
        "queue": ("reading", "Show what waits, and for what."),
        "history": ("reading", "Show what was published where."),
        "show": ("reading", "Show deliveries: their words, and all that happened."),
        "feeds": ("setting_up", "Show the feeds, and when they were read."),
    },
    "To decide": {
        "repost": ("reposting", "Share an entry again, or one of the archive."),
        "hold": ("deciding", "Keep deliveries back."),
        "release": ("deciding", "Let held deliveries go, or all of a feed."),
        "edit": ("deciding", "Give a delivery other words."),
        "retry": ("deciding", "Try failed deliveries again."),
        "cancel": ("deciding", "End deliveries without publishing them."),
        "skip": ("deciding", "Pass over deliveries that wait."),
        "done": ("deciding", "Say that deliveries were shared by hand."),
        "settle": ("deciding", "Say whether a delivery in doubt is public."),
    },
    "Rarely": {
        "backup": ("keeping", "Write a copy of the ledger, also while the daemon works."),
        "restore": ("keeping", "Put a backup in the ledger's place."),
        "simulate": ("running", "Run stand-ins of the platforms and a blog, to try things on."),
        "migrate": ("setting_up", "Bring the ledger to this program's version."),
    },
}


class Verbs(click.Group):
    """The verbs by name; their help needs no import, and what goes wrong becomes one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return [name for verbs in VERBS.values() for name in verbs]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb, imported now. Raises NoSuchCommand with what was probably meant."""
        for verbs in VERBS.values():
            if cmd_name in verbs:
                module, said = verbs[cmd_name]
                command: click.Command = getattr(import_module(f"bot.cli.{module}"), cmd_name)
                command.help = command.help or said
                return command
        raise click.exceptions.NoSuchCommand(cmd_name, possibilities=self.list_commands(ctx), ctx=ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, as help."""
        for heading, verbs in VERBS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, said) for name, (_, said) in verbs.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Carry out a verb. A traceback is for bugs only: what was foreseen ends with its sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except (click.UsageError, click.exceptions.Exit, click.Abort):
            raise
        except click.ClickException as error:
            raise click.ClickException(_to_paste(error.message)) from None
        except _foreseen() as error:
            raise click.ClickException(_to_paste(_sentence(error))) from None


def _foreseen() -> tuple[type[Exception], ...]:
    """The errors that are no bugs; evaluated only when something was raised."""
    from bot.cli.here import FORESEEN

    return FORESEEN


def _to_paste(text: str) -> str:
    from bot.cli.printing import to_paste

    return to_paste(text)


def _sentence(error: Exception) -> str:
    from bot.cli.here import sentence

    return sentence(error)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(dir_okay=False),
    help="The configuration file; else $ONCECAST_CONFIG, else oncecast.toml in this folder.",
)
@click.version_option(package_name="oncecast", prog_name="oncecast")
@click.pass_context
def oncecast(context: click.Context, config: str | None) -> None:
    """One blog, published to every channel, once.

    `oncecast rehearse` shows it at work without any account. To begin in earnest: `oncecast init`.

    What goes to a channel is called by its entry's number and the channel: 14/x, and 14/x/2 the second time. With a
    verb, 14 alone means that entry on all its channels.
    """
    from bot.cli.here import Here

    context.obj = Here(config)
    context.call_on_close(context.obj.close)


def main() -> None:
    """The console command; it leaves with 0 when all is well, 1 when something is not, 2 for a wrong use."""
    oncecast(prog_name="oncecast")
