"""What the command line says of a refusal, of what was done, and of what can be said next; all with its own verbs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.desk.refusals import Decision, Obstacle, Refusal
from bot.desk.words import STATES, counted, one_line, quoted, several_lines
from bot.ledger.records import Arrival
from bot.model import FINAL, State

HOW = "Say 14 for an entry, 14/x for that entry on the channel x, or 14/x/2 for its second round there"
"""How a delivery is called."""
WHERE = "`oncecast queue` and `oncecast history` show the names."

_STANDS: Mapping[State, tuple[str, str]] = {
    State.HELD: ("{be} held", "`oncecast release {names}` lets {it} go, `oncecast cancel {names}` ends {it}."),
    State.PENDING: (
        "{be} waiting to be sent",
        "`oncecast hold {names}` keeps {it} back, `oncecast cancel {names}` ends {it}.",
    ),
    State.SENDING: ("{be} being sent at this moment", "Look again in a minute: `oncecast show {names}`."),
    State.IN_DOUBT: (
        "{be} in doubt",
        "Look at the platform, then say `oncecast settle {one} --published URL`, or `--absent` if it is not there.",
    ),
    State.HANDED_OVER: (
        "{be} waiting to be shared by hand",
        "When {they} {be} out, say `oncecast done {names}`; `oncecast skip {names}` passes {it} over.",
    ),
    State.FAILED: (
        "{have} failed",
        "`oncecast retry {names}` tries {it} again, `oncecast cancel {names}` ends {it}.",
    ),
    State.PUBLISHED: ("{be} published already", "To share {it} once more, say {again}."),
    State.CANCELLED: ("{be} cancelled", "To share {it} after all, say {again}."),
}
"""How deliveries stand, and what can be done then."""

_INSTEAD: Mapping[tuple[Decision, State], str] = {
    (Decision.EDIT, State.HANDED_OVER): "Copy the text from `oncecast show {names}` and change it where you paste it.",
}
"""What can be done instead, where that is another thing than how it stands tells."""

_SHARES: Mapping[State, frozenset[Decision]] = {
    State.PUBLISHED: frozenset({Decision.EDIT}),
    State.CANCELLED: frozenset({Decision.EDIT, Decision.RELEASE, Decision.RETRY}),
}
"""Who decides this about what is settled may want to share it again."""

_ONE = {"it": "it", "they": "it", "be": "is", "have": "has"}

_CANNOT = {
    Decision.HOLD: "held back",
    Decision.RELEASE: "released",
    Decision.EDIT: "given other words",
    Decision.RETRY: "tried again",
    Decision.CANCEL: "cancelled",
    Decision.SKIP: "passed over",
    Decision.DONE: "marked as shared by hand",
    Decision.SETTLE: "settled",
    Decision.FOUND: "settled",
    Decision.REPOST: "shared again now",
}


MANY = 10
"""How many names or posts one line has at most."""
_COMMAND = re.compile(r"`oncecast (\w+) \{names\}`")


def filled(words: str, names: Sequence[str], text: str = "") -> str:
    """Words about these deliveries, with what stands for them in the right number; `text` is what a person wrote."""
    several = len(names) > 1
    said = {"all": some(names), "one": "NAME" if several else "".join(names), "again": again(names, text)}
    number = {"it": "them", "they": "they", "be": "are", "have": "have"} if several else _ONE
    return _COMMAND.sub(lambda found: commands(found[1], names), words).format(**said, **number)


def some(names: Sequence[str]) -> str:
    """Names in a row, and how many more there are where they are many."""
    return listed(names if len(names) <= MANY else [*names[:MANY], f"{len(names) - MANY} more"])


def commands(verb: str, names: Sequence[str]) -> str:
    """What says this verb of these deliveries; of many by their posts, those on the same channels together."""
    if len(names) <= MANY:
        return f"`oncecast {verb} {' '.join(names)}`"
    entries = list(_by_entry(names).items())
    together: dict[str, list[str]] = {}
    for entry, channels in entries[:MANY]:
        together.setdefault(channels, []).append(entry)
    said = [f"`oncecast {verb} {' '.join(posts)} {channels}`" for channels, posts in together.items()]
    return listed([*said, counted(len(entries) - MANY, "more post")] if len(entries) > MANY else said)


def _by_entry(names: Iterable[str]) -> dict[str, str]:
    """The entries of these deliveries, each with the options that name their channels."""
    entries: dict[str, list[str]] = {}
    for name in names:
        entry, channel, *_ = name.split("/")
        entries.setdefault(entry, []).append(f"--channel {channel}")
    return {entry: " ".join(sorted(set(channels))) for entry, channels in entries.items()}


def pasted(text: str) -> str:
    """A person's words as a shell takes them, on one line."""
    text = several_lines(text)
    if "\n" not in text:
        return shlex.quote(text)
    return "$'" + text.replace("\\", r"\\").replace("'", r"\'").replace("\n", r"\n") + "'"


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names in a row."""
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def again(names: Iterable[str], text: str = "") -> str:
    """The commands that share these deliveries' entries again, where they were, with a person's words if any."""
    words = f" --text {pasted(text)}" if text else ""
    return some([f"`oncecast repost {entry} {channels}{words}`" for entry, channels in _by_entry(names).items()])


def refused(refusal: Refusal) -> str:
    """Why something was not done, and what can be done instead; on several lines when several deliveries stand so."""
    return "\n    ".join(map(one_line, _WORDED[refusal.obstacle](refusal).splitlines()))


def next_step(name: str, state: State) -> str:
    """What can be done about a delivery that stands there."""
    return filled(_STANDS[state][1], [name])


def _stands(refusal: Refusal) -> str:
    assert refusal.state is not None and refusal.asked is not None  # noqa: S101, PT018 - this obstacle always has both
    return f"{refusal.name} cannot be {_CANNOT[refusal.asked]}: it {_how([refusal.name], refusal.state, refusal.asked)}"


def _how(names: Sequence[str], state: State, asked: Decision) -> str:
    """How these stand, and what can be said instead of what was asked; it is shared again only where that was meant."""
    stand, then = _STANDS[state]
    if state in FINAL and (asked not in _SHARES[state] or len(names) > 1):
        return filled(f"{stand}.", names)
    return filled(f"{stand}. {_INSTEAD.get((asked, state), then)}", names)


def _nothing(refusal: Refusal) -> str:
    assert refusal.asked is not None  # noqa: S101 - this obstacle always has it
    entry = f"{refusal.name}, {quoted(refusal.reason)},"
    if not refusal.others:
        return f"Entry {entry} was never planned for any channel. `oncecast repost {refusal.name}` shares it."
    states: dict[State, list[str]] = {}
    for name, state in refusal.others:
        states.setdefault(state, []).append(name)
    stand = [f"{listed(names)} {_how(names, state, refusal.asked)}" for state, names in states.items()]
    return "\n".join([f"Nothing of entry {entry} can be {_CANNOT[refusal.asked]}.", *stand])


def _one_only(refusal: Refusal) -> str:
    what = "Words are given to" if refusal.asked is Decision.EDIT else "An address belongs to"
    return f"{what} one delivery at a time: say which of {listed(refusal.known)}."


def _no_words(refusal: Refusal) -> str:
    name = refusal.name
    return f"{name} cannot be released: it has no words. {refusal.reason} `oncecast edit {name}` gives it some."


def _unfit(refusal: Refusal) -> str:
    other = {
        Decision.RETRY: f" `oncecast edit {refusal.name}` gives it other words.",
        Decision.REPOST: " `--text` gives it other words.",
    }
    return f"{refusal.name}: {refusal.reason}{other.get(refusal.asked, '') if refusal.asked else ''}"


def _taken(refusal: Refusal) -> str:
    shown = "`oncecast history` shows which. Give the address of this delivery's own post."
    return f"{refusal.name}: this address belongs to another delivery of the channel already; {shown}"


def _inactive(refusal: Refusal) -> str:
    why = "its channel is not in the configuration, or not active there. Add it again, under the same name."
    return f"{refusal.name} cannot be {_CANNOT[refusal.asked or Decision.RETRY]}: {why}"


def _not_there(refusal: Refusal) -> str:
    there = f"it has {listed(refusal.known)}" if refusal.known else "it was never planned for any channel"
    shares = f"`oncecast repost {refusal.name} --channel {refusal.channel}` shares it there."
    return f"Entry {refusal.name} has nothing on {refusal.channel}; {there}. {shares}"


def _conflict(refusal: Refusal) -> str:
    other = " ".join(f"--channel {name}" for name in refusal.known)
    return f"{refusal.name} names its channel, and {other} another: say one of the two."


_WORDED: Mapping[Obstacle, Callable[[Refusal], str]] = {
    Obstacle.STANDS: _stands,
    Obstacle.NOTHING: _nothing,
    Obstacle.ONE_ONLY: _one_only,
    Obstacle.NO_WORDS: _no_words,
    Obstacle.UNFIT: _unfit,
    Obstacle.TAKEN: _taken,
    Obstacle.INACTIVE: _inactive,
    Obstacle.NONSENSE: lambda refusal: f"{quoted(refusal.name)} is not the name of a delivery. {HOW}; {WHERE}",
    Obstacle.NO_ENTRY: lambda refusal: f"There is no entry {refusal.name}. `oncecast history` shows those there are.",
    Obstacle.NO_CHANNEL: lambda refusal: (
        f"There is no channel {quoted(refusal.channel)}; there are: {', '.join(refusal.known) or 'none'}."
    ),
    Obstacle.NOT_THERE: _not_there,
    Obstacle.NO_ROUND: lambda refusal: f"There is no {refusal.name}; there is {listed(refusal.known)}.",
    Obstacle.CONFLICT: _conflict,
}


def news_words(arrival: Arrival, title: str = "", place: str = "") -> str:
    """What happened to a delivery, on one line; `title` is what its channel is called, `place` its address."""
    where, name = (title or arrival.channel).ljust(14), quoted(arrival.title)
    if arrival.state is State.PUBLISHED:
        return f"{where}  {name}  {place or arrival.url}".rstrip()
    shown = f"`oncecast show {arrival.delivery}`"
    return f"{where}  {name}  {STATES[arrival.state]}, see {shown}{f' – {arrival.why}' if arrival.why else ''}"
