"""What the team is told of each matter, with the commands that end it: for e-mail, webhooks and the log."""

from __future__ import annotations

from collections.abc import Mapping

from bot.desk.words import one_line, quoted
from bot.ledger.notices import Notice
from bot.model import Matter, delivery_name

SENTENCES: Mapping[Matter, str] = {
    Matter.FAILED: "{channel}: {entry} was not published. {why} Mend it, then say `oncecast retry {name}`; or "
    "`oncecast cancel {name}`.",
    Matter.IN_DOUBT: "{channel}: it is not known whether {entry} is public. {why} Look there, then say "
    "`oncecast settle {name} --published URL` or `oncecast settle {name} --absent`.",
    Matter.HANDED_OVER: "{channel}: {entry} is ready to be shared by hand. See `oncecast show {name}`; when it is out, "
    "`oncecast done {name}`.",
    Matter.UNSEARCHABLE: "{channel}: {entry} is held. {why} Look there, then `oncecast release {name}` shares it, and "
    "`oncecast cancel {name}` does not.",
    Matter.LATE: "{entry} turned up in the feed. {why} It is held: `oncecast release {name}` shares it, and "
    "`oncecast cancel {name}` does not.",
    Matter.NOT_PUBLIC: "{entry} is not shared. {why} When it is public, say `oncecast release {name}`.",
    Matter.UNSEEN: "The page of {entry} cannot be looked at, so it waits. {why} `oncecast show {name}` tells more.",
    Matter.PAUSED: "{channel} is paused. {why} When it is mended: `oncecast channels resume {channel}`.",
    Matter.OTHER_ACCOUNT: "{channel} is paused. {why} If that is meant, say "
    "`oncecast channels resume {channel} --new-account`.",
    Matter.SAME_ACCOUNT: "{channel} is paused. {why} Take one of the two out of the configuration; if {channel} stays: "
    "`oncecast channels resume {channel}`.",
    Matter.EXPIRES: "{channel}: {why} Renew them before that day.",
    Matter.GUARD: "The feed {feed}: {why} Look with `oncecast queue`, then say `oncecast release --feed {feed}`, or "
    "cancel what must not go out.",
    Matter.FEED_SILENT: "The feed {feed} cannot be read. {why} Nothing is lost; it is tried again.",
    Matter.FEED_GONE: "The feed {feed} cannot be read. {why} It is not read again: put another address into the "
    "configuration.",
    Matter.FEED_MOVED: "The feed {feed} has moved for good to {why}. Put that address into the configuration.",
    Matter.GENERATION: "{why} What may have been shared meanwhile is looked for before it is shared, and so is what "
    "the feeds show as new; where there is no way to look, it is held for a person.",
}


def told_of(notice: Notice) -> str:
    """A notice in words. What came from outside stays hostile text on one line."""
    if notice.matter is None:
        return notice.why
    words = {
        "channel": notice.channel or "",
        "entry": quoted(notice.entry or ""),
        "name": _name(notice),
        "feed": notice.feed,
        "why": one_line(notice.why),
    }
    return SENTENCES[notice.matter].format_map(words)


def _name(notice: Notice) -> str:
    """What a person says to mean it: a delivery by its name, else the post by its number."""
    if notice.entry_id is None:
        return ""
    if notice.channel and notice.round:
        return delivery_name(notice.entry_id, notice.channel, notice.round)
    return str(notice.entry_id)
