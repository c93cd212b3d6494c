"""What an adapter is: the values that pass through it, the errors it may raise, and the methods it has.

An adapter knows how one platform says things, and nothing else: it never decides, retries, waits, stores or logs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict
from requests import Session

from adapters.traits import Handle, Limits


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as drafts name it: by the SHA-256 of its bytes, which are kept elsewhere."""

    sha256: str
    media_type: str
    width: int
    height: int
    size: int
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """The platform-neutral content planned for one entry on one channel; all text is plain, never HTML."""

    title: str
    link: str
    summary: str = ""
    author: str = ""
    handle: str = ""
    """The author's on this network, an “@name”, a URN or a DID, where the table of authors has one."""
    categories: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    """Without “#”, most relevant first."""
    published: datetime | None = None
    language: str = ""
    blog: str = ""
    image: Image | None = None
    template: str = ""
    """What the text is made from; nothing: the network's own default."""
    wording: str = ""
    """A person's own words, used instead of what the adapter would write; the link is added where they lack it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The exact thing one platform will get, as JSON; stored when it is composed and sent as it stands."""

    kind: str
    text: str
    """What a reader will read, before any escaping of the platform's own."""
    link: str
    count: int
    """The length of the text as this platform counts it."""
    body: Mapping[str, Any]
    """What `publish` sends, but for the ids of uploads."""
    image: Image | None = None
    prepared: Mapping[str, str] = field(default_factory=dict)
    """The platform's ids of uploads: made by `prepare`, kept beside the draft, never part of its identity."""

    def to_json(self) -> dict[str, Any]:
        """The draft as JSON values, without `prepared`."""
        values = asdict(self)
        del values["prepared"]
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any], prepared: Mapping[str, str] | None = None) -> Self:
        """The draft that `to_json` wrote."""
        image = Image(**values["image"]) if values.get("image") else None
        return cls(**{**values, "image": image, "prepared": dict(prepared or {})})

    def with_prepared(self, **ids: str) -> Draft:
        """The same draft with these ids of uploads added."""
        return replace(self, prepared={**self.prepared, **ids})


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform gave back for a post that is public: its id, its address, and the time if it told one."""

    id: str
    url: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account the credentials open, and until when; `notes` are plain sentences for the person who asked."""

    id: str
    name: str
    url: str = ""
    expires_at: datetime | None = None
    notes: tuple[str, ...] = ()


class AdapterError(Exception):
    """Something an adapter says about one attempt; the subclass tells what happens next."""


class UnsupportedError(AdapterError):
    """This post cannot be made into a draft here. Raised by `compose` only."""


class RejectedError(AdapterError):
    """The platform said no; nothing is public."""


class TransientError(AdapterError):
    """Not now; nothing is public. `retry_after` is the platform's own time, when it gave one."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class CredentialError(AdapterError):
    """Nothing is public, and nothing will be until a person acts: token, permission, billing, API version."""


class DuplicateError(AdapterError):
    """The platform says that it has this already; `hint` is what it named, such as the id of the other post."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint


class InDoubtError(AdapterError):
    """We do not know whether the request took effect."""


class CannotTellError(AdapterError):
    """Looking did not answer the question: it failed, or showed something that only a person can judge.

    `because` is what the platform answered in the place of a list, where it did.
    """

    because: AdapterError | None = None


def _safe(address: str) -> str:
    """Secrets go there: https, or this machine's own addresses in a rehearsal."""
    if not re.match(r"https://[^/@\s]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|$)", address):
        raise ValueError("must begin with https://, or with http://127.0.0.1 in a rehearsal")
    return address


BaseURL = Annotated[str, AfterValidator(_safe)]
"""Where a platform is spoken to: its real host, or a simulator on this machine."""


class Options(BaseModel):
    """What a channel of one kind is told in the configuration; each adapter declares its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    secrets: ClassVar[Mapping[str, str]] = {}
    """The names of the secrets it may need, each with a sentence on where to get it."""

    def needs(self) -> Mapping[str, str]:
        """The secrets needed with these options."""
        return self.secrets


class Adapter:
    """One platform. `credentials` are secret values by name; `picture` gives the bytes of an image by its SHA-256."""

    kind: ClassVar[str]
    title: ClassVar[str]
    """The platform's name as a person would say it."""
    known_as: ClassVar[tuple[str, ...]] = ()
    """What else people call the kind."""
    handle: ClassVar[Handle | None] = None
    """What the table of authors has for it; None where nobody is mentioned."""
    Options: ClassVar[type[Options]]
    real: ClassVar[str]
    """The host as the code and the client libraries write it; the session puts `base_url` in its place."""
    limits: Limits
    template: ClassVar[str]
    """What a post's text is made from there, unless a channel or a route has a template of its own."""

    def __init__(
        self,
        options: Any,
        credentials: Mapping[str, str],
        session: Session,
        picture: Callable[[str], bytes],
    ) -> None:
        self.options = options
        self.credentials = credentials
        self.session = session
        self.picture = picture

    @property
    def hands_over(self) -> bool:
        """True where a person shares the prepared text by hand; `publish` is then never called."""
        return False

    def limit_for(self, piece: Post | Draft) -> int:
        """How many characters it may have, as the platform counts them: fewer beside a picture on some."""
        return (piece.image and self.limits.with_picture) or self.limits.characters

    def compose(self, post: Post) -> Draft:
        """The draft of a post. Pure: the same post gives the same draft.

        Raises UnsupportedError for what cannot fit.
        """
        raise NotImplementedError

    def card(self, draft: Draft) -> tuple[str, str] | None:
        """The title and description of the card that a draft brings along; None where the platform makes its own."""
        return None

    def warnings(self, draft: Draft) -> Iterable[str]:
        """What an editor should know of a draft before it goes out, in sentences. Pure."""
        return ()

    def prepare(self, draft: Draft) -> Draft:
        """Do the uploads, which may be repeated; nothing becomes public."""
        return draft

    def publish(self, draft: Draft, key: str) -> Receipt:
        """Make the one request that counts. `key` is the same for every attempt of one delivery.

        Raises RejectedError, TransientError, CredentialError, DuplicateError or InDoubtError; any other
        exception means doubt.
        """
        raise NotImplementedError

    def find(self, draft: Draft, since: datetime, hint: str = "", others: Collection[str] = ()) -> Receipt | None:
        """Look whether the draft is public, among what appeared at or after `since` (aware).

        `hint` is what a duplicate refusal named; posts with an id in `others` are other deliveries' and do not count.
        None only when it is certainly not there. Raises CannotTellError otherwise.
        """
        raise CannotTellError(f"{self.title} gives no way to look.")

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post."""
        raise UnsupportedError(f"{self.title} cannot delete a post from here.")

    def revise(self, receipt: Receipt, draft: Draft) -> None:
        """Give the public post the draft's words."""
        raise UnsupportedError(f"{self.title} cannot change a post from here.")

    def check(self) -> Account:
        """Whose account these credentials open; changes nothing.

        Raises CredentialError or TransientError.
        """
        raise NotImplementedError

    def renew(self) -> Mapping[str, str] | None:
        """Fresh credentials for the caller to store before use, or None where there is nothing to renew."""
        return None
