"""The verbs about channels: list, add, test, pause and resume."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import click

from adapters import KINDS, adapter_class
from bot.cli.here import Here, pass_here, who
from bot.cli.previewing import print_draft
from bot.cli.printing import as_json, print_json, say, table
from bot.cli.setting_up import print_checked
from bot.cli.wording import commands, some
from bot.desk import decisions
from bot.desk.checks import check_channel, facts_of
from bot.desk.finding import facts, newest_entries
from bot.desk.words import counted, first_line, local
from bot.ledger import records
from bot.ledger.channels import forget
from bot.ledger.channels import pause as pause_channel
from bot.ledger.database import now
from bot.model import Matter
from config.editing import add_channel
from config.mistakes import variable


@click.group(invoke_without_command=True)
@as_json
@pass_here
@click.pass_context
def channels(context: click.Context, here: Here, json_wanted: bool) -> None:
    """List the channels; or add, test, pause and resume one."""
    if context.invoked_subcommand is None:
        _list(here, json_wanted)


@channels.command("list")
@as_json
@pass_here
def list_(here: Here, json_wanted: bool) -> None:
    """List the channels: whose account, whether they work, how many deliveries wait."""
    _list(here, json_wanted)


def _list(here: Here, json_wanted: bool) -> None:
    found = list(_channels(here))
    if json_wanted:
        return print_json(found)
    headings = ("Channel", "Kind", "Account", "Waiting", "Published", "State")
    rows = [
        (
            channel["name"],
            channel["kind"],
            channel["account"],
            str(channel["waiting"]),
            str(channel["published"]),
            _state(channel),
        )
        for channel in found
    ]
    return table(headings, rows, "There are no channels yet: `oncecast channels add twitter x` adds one.")


def _channels(here: Here) -> Iterator[dict[str, Any]]:
    missing, configured = here.house.missing, here.settings.channels
    keys = (
        "account_url",
        "checked_at",
        "expires_at",
        "paused_at",
        "paused_for",
        "paused_why",
        "not_before",
        "waiting",
        "published",
    )
    for name, row in records.channels(here.database).items():
        active = name in configured and configured[name].active
        known = {"name": name, "kind": row["kind"], "active": active, "configured": name in configured}
        yield (
            known | {"account": row["account_name"], "missing": missing.get(name, "")} | {key: row[key] for key in keys}
        )


def _state(channel: dict[str, Any]) -> str:
    """How a channel does, in a sentence."""
    if not channel["configured"]:
        return "No longer in the configuration."
    if not channel["active"]:
        return "Not active in the configuration."
    if channel["paused_at"]:
        since = f"Paused since {local(channel['paused_at'])}."
        return f"{since} {first_line(channel['paused_why'])}{_if_meant(channel)}"
    if channel["missing"]:
        return "Lacks secrets here: `oncecast check` says which."
    if channel["not_before"]:
        return f"Waits until {local(channel['not_before'])}, as the platform asked, or for its gap."
    return (
        f"Works; tried {local(channel['checked_at'])}." if channel["checked_at"] else "Not tried yet: `oncecast check`."
    )


def _if_meant(channel: dict[str, Any]) -> str:
    """The way out where the credentials open another account than before: a plain resume would publish there."""
    meant = f" If that is meant: `oncecast channels resume {channel['name']} --new-account`."
    return meant if channel["paused_for"] == Matter.OTHER_ACCOUNT else ""


class _WithKinds(click.Command):
    """A verb whose help ends with the kinds; their adapters are imported only when it is read."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each kind with the platform's name."""
        with formatter.section("Kinds"):
            formatter.write_dl([(kind, adapter_class(kind).title) for kind in KINDS])


@channels.command(cls=_WithKinds)
@click.argument("kind")
@click.argument("name")
@click.option(
    "--option", "options", multiple=True, metavar="KEY=VALUE", help="An option of this kind, such as page=123."
)
@pass_here
def add(here: Here, kind: str, name: str, options: tuple[str, ...]) -> None:
    """Add a channel of a KIND under a NAME of yours."""
    settings = add_channel(here.path, name, kind, dict(_option(kind, option) for option in options))
    say(f"The channel {name} is in {here.path}.")
    if needed := settings.channels[name].options.needs():
        say("Its secrets never stand in that file. Put them into the environment of Oncecast, each under its name:")
        for secret, source in needed.items():
            say(f"    {variable(name, secret)}: {source}")
    say(f"Then `oncecast channels test {name}` tries it and publishes nothing.")


def _option(kind: str, written: str) -> tuple[str, str | bool | int]:
    """An option as it was written; true and false are a yes and a no, digits a number where the kind wants one."""
    key, equals, value = (part.strip() for part in written.partition("="))
    if not equals or not key:
        raise click.BadParameter(f"{written!r} is not of the form KEY=VALUE.", param_hint="--option")
    wanted = adapter_class(kind).Options.model_fields.get(key) if kind in KINDS else None
    if wanted and wanted.annotation is int and re.fullmatch("[0-9]{1,9}", value):
        return key, int(value)
    return key, {"true": True, "false": False}.get(value, value)


@channels.command()
@click.argument("name")
@click.option("--why", default="Paused by hand.", help="What others should know.")
@pass_here
def pause(here: Here, name: str, why: str) -> None:
    """Stop publishing to a channel; what comes meanwhile waits."""
    channel = here.house.channel(name)
    with here.database.write() as connection:
        paused = pause_channel(connection, channel.id, who(), why)
    say(
        f"{name} is paused. `oncecast channels resume {name}` lets it go on."
        if paused
        else f"{name} was paused already."
    )


@channels.command()
@click.argument("name")
@click.option("--new-account", is_flag=True, help="Take the account that the credentials open now as the right one.")
@pass_here
def resume(here: Here, name: str, new_account: bool) -> None:
    """Let a paused channel go on; when much has piled up, all of that is held for you to look at."""
    channel = here.house.channel(name)
    if new_account:
        forget(here.database, channel)
    held = decisions.resume(here.by, channel.id, min(feed.guard for feed in here.house.feeds))
    if held is None:
        return say(_not_paused(here, name, new_account))
    say(f"{name} goes on.")
    if held:
        many = counted(len(held), "delivery", "deliveries")
        say(f"{many} had piled up and are held now: {some(held)}. Look with `oncecast queue`.")
        say(f"What shall still go out: {commands('release', held)}; what shall not: {commands('cancel', held)}.")
    return None


def _not_paused(here: Here, name: str, new_account: bool) -> str:
    """What is said where there was no pause to end."""
    until = records.channels(here.database)[name]["not_before"]
    waits = f"; it waits until {local(until)}, as the platform asked or for its gap" if until and until > now() else ""
    changed = (
        "The account that its credentials open is taken as the right one" if new_account else "Nothing was changed"
    )
    return f"{name} is not paused{waits}. {changed}."


@channels.command()
@click.argument("name")
@as_json
@pass_here
@click.pass_context
def test(context: click.Context, here: Here, name: str, json_wanted: bool) -> None:
    """Try a channel's credentials and show its draft of the newest entry; publishes nothing."""
    channel = here.house.channel(name)
    checked = check_channel(here.house, channel)
    found = next(iter(newest_entries(here.house, partial(say, err=True))), None)
    if json_wanted:
        print_json(facts_of(checked) | {"preview": facts(found, [channel]) if found else None})
    else:
        print_checked("Channel", checked)
        if found:
            print_draft(found, channel)
        else:
            say("The blog has no entries yet, so there is no draft to show.")
    context.exit(0 if checked.ok else 1)
