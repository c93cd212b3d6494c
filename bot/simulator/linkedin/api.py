"""LinkedIn: the posts of a page, of a member and of a group, pictures, and who may do what.

Sources: Microsoft Learn, LinkedIn docs: Posts API, Images API, organizations, group posts and actions (Compliance).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from bot.simulator.faults import Purpose, verb
from bot.simulator.linkedin import accounts as who
from bot.simulator.linkedin import rules
from bot.simulator.linkedin.images import Images
from bot.simulator.linkedin.posts import Share, Wanted, read_commentary, read_rest, read_ugc
from bot.simulator.network import Ids, Network, Published, Timeline
from bot.simulator.server import Refused, Reply, Request, json_reply, now

DUPLICATES_FOR = timedelta(hours=24)
"""How long a text counts as posted recently; LinkedIn says 10 minutes, others met it after a day and more."""

_ROUTES = (
    ("POST", r"/rest/images", "_initialize_upload"),
    ("PUT", r"/dms-uploads/(\w+)/.*", "_receive"),
    ("GET", r"/rest/images/([^/]+)", "_show_image"),
    ("POST", r"/rest/posts", "_create"),
    ("GET", r"/rest/posts", "_posts_by_author"),
    ("GET", r"/rest/posts/([^/]+)", "_show"),
    ("POST", r"/rest/posts/([^/]+)", "_edit"),
    ("DELETE", r"/rest/posts/([^/]+)", "_delete"),
    ("POST", r"/v2/ugcPosts", "_create_ugc"),
    ("GET", r"/v2/ugcPosts", "_find_ugc"),
    ("GET", r"/v2/ugcPosts/([^/]+)", "_show_ugc"),
    ("GET", r"/v2/userinfo", "_userinfo"),
    ("GET", r"/rest/organizations/(\d+)", "_organization"),
    ("GET", r"/rest/organizationAcls", "_roles"),
)


class LinkedIn(Network):
    """One member who administers one page and belongs to one group, known by an access token."""

    name, accesses = "linkedin", who.ACCESSES

    def _forget(self) -> None:
        super()._forget()
        self._ids = Ids()
        self._shares: dict[str, Share] = {}
        self._images = Images()
        self.pictures = self._images.data
        self._is_partner, self._may_read = False, True
        self._ghost_next = False
        self._revocation = "REVOKED_ACCESS_TOKEN"

    @property
    def published(self) -> list[Published]:
        """The public posts of the page, oldest first."""
        return self._public(who.ORGANIZATION, "")

    @property
    def group_published(self) -> list[Published]:
        """The public posts of the group, oldest first."""
        return self._public(who.PERSON, who.GROUP)

    @property
    def member_published(self) -> list[Published]:
        """The member's own public posts, oldest first."""
        return self._public(who.PERSON, "")

    @property
    def timelines(self) -> tuple[Timeline, ...]:
        page, group = f"linkedin.com/company/{who.VANITY_NAME}", f"linkedin.com/groups/{who.GROUP_ID}"
        return (
            Timeline("linkedin", "LinkedIn page", who.ORGANIZATION_NAME, page, self.published, colour="#0a66c2"),
            Timeline(
                "group", "LinkedIn group", who.GROUP_NAME, group, self.group_published, who.PERSON_NAME, "#5a4fa2"
            ),
        )

    def _public(self, author: str, container: str) -> list[Published]:
        with self.lock:
            shares = [share for share in self._shares.values() if share.is_public]
            place = (author, container)
            return [share.as_read() for share in shares if (share.wanted.author, share.wanted.container) == place]

    @verb
    def grants_partner_access(self, granted: bool = True) -> None:
        """Let the app post to groups, or take that away."""
        self._is_partner = granted

    @verb
    def grants_reading(self, granted: bool = True) -> None:
        """Let the token read posts and pictures (r_organization_social), or take that away."""
        self._may_read = granted

    @verb
    def names_a_ghost_next(self) -> None:
        """Refuse the next post as a duplicate of one that does not exist any more."""
        self._ghost_next = True

    @verb
    def processes_pictures_for(self, seconds: float) -> None:
        """Let a picture be available only so long after its upload."""
        self._images.processing = timedelta(seconds=seconds)

    @verb
    def spoils_the_next_picture(self) -> None:
        """Let the processing of the next picture fail."""
        self._images.spoils_next = True

    @verb
    def revokes_the_token(self, code: str = "REVOKED_ACCESS_TOKEN") -> None:
        """Know the token no more; EXPIRED_ACCESS_TOKEN is another reason."""
        super().revokes_the_token()
        self._revocation = code

    def purpose(self, request: Request) -> Purpose:
        if request.method == "GET":
            return "read"
        if request.path.startswith(("/rest/images", "/dms-uploads")):
            return "upload"
        return "publish" if request.method == "POST" and request.path.endswith(("/posts", "/ugcPosts")) else "change"

    def failure(self, status: int, code: str | None = None) -> Reply:
        return rules.throttled() if status == 429 else rules.error(status, code)

    def limited(self, until: object) -> Reply:
        """The refusal of one call too many, always without a time."""
        return rules.throttled()

    def answer(self, request: Request) -> Reply:
        try:
            reply = self._routed(request)
        except Refused as refused:
            reply = refused.reply
        log = {"x-li-fabric": "simulated", "x-li-uuid": uuid4().hex, "x-li-request-id": uuid4().hex}
        return replace(reply, headers={**reply.headers, **log})

    def _routed(self, request: Request) -> Reply:
        self._admit(request)
        for method, path, does in _ROUTES:
            found = re.fullmatch(path, request.path)
            if found and method == request.method:
                rules.check_headers(request)
                reply: Reply = getattr(self, does)(request, *found.groups())
                return reply
        return rules.error(404, "RESOURCE_NOT_FOUND", f"No virtual resource found for {request.path}")

    def _admit(self, request: Request) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if not token:
            raise rules.refused(401, "EMPTY_ACCESS_TOKEN")
        if token != who.TOKEN:
            raise rules.refused(401, "INVALID_ACCESS_TOKEN")
        if self._revoked:
            raise rules.refused(401, self._revocation)

    def _userinfo(self, _: Request) -> Reply:
        return json_reply(200, who.ABOUT_PERSON)

    def _organization(self, _: Request, identity: str) -> Reply:
        if int(identity) != who.ORGANIZATION_ID:
            return rules.error(404)
        return json_reply(200, who.ABOUT_ORGANIZATION)

    def _roles(self, request: Request) -> Reply:
        if request.query.get("q") != "roleAssignee":
            raise rules.refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
        return rules.page([who.ROLE], request)

    def _initialize_upload(self, request: Request) -> Reply:
        body = request.json()
        if request.query.get("action") != "initializeUpload" or not isinstance(body, dict):
            raise rules.refused(400, "ILLEGAL_ARGUMENT", "action must be initializeUpload")
        owner = body.get("initializeUploadRequest", {}).get("owner", "")
        if owner not in (who.ORGANIZATION, who.PERSON):
            raise rules.refused(403, what="images")
        return json_reply(200, self._images.initialize(owner, self.base_url))

    def _receive(self, request: Request, identity: str) -> Reply:
        self._images.receive(identity, request.body)
        return Reply(201)

    def _show_image(self, _: Request, encoded: str) -> Reply:
        self._need_reading()
        return json_reply(200, self._images.show(rules.key(encoded)))

    def _create(self, request: Request) -> Reply:
        share = self._add(read_rest(request.json()))
        return Reply(201, headers=rules.named(share.urn, "/posts/"))

    def _create_ugc(self, request: Request) -> Reply:
        share = self._add(read_ugc(request.json()))
        return json_reply(201, {"id": share.urn}, rules.named(share.urn, "/ugcPosts/"))

    def _add(self, wanted: Wanted) -> Share:
        self._check_place(wanted)
        if not wanted.text.strip() and not wanted.content:
            raise rules.refused(400, "INVALID_VALUE_BLANK_FIELD")
        for image in wanted.images:
            self._images.check(image, wanted.author)
        self._refuse_repetition(wanted)
        identity = self._ids.next()
        urn = f"urn:li:groupPost:{who.GROUP_ID}-{identity}" if wanted.container else f"urn:li:share:{identity}"
        share = Share(urn, wanted, now(), now())
        self._shares[urn] = share
        return share

    def _check_place(self, wanted: Wanted) -> None:
        if wanted.author not in (who.ORGANIZATION, who.PERSON):
            raise rules.refused(403, what="author")
        if (wanted.visibility == "CONTAINER") != bool(wanted.container):
            raise rules.refused(400, "INVALID_VALUE_FOR_FIELD", "visibility CONTAINER and a container belong together")
        if not wanted.container:
            return
        if not self._is_partner or wanted.container != who.GROUP:
            raise rules.refused(403, what="ugcPosts.CREATE")
        if wanted.author != who.PERSON:
            raise rules.refused(400, "INVALID_VALUE_FOR_FIELD", "Only a member can post to a group")

    def _refuse_repetition(self, wanted: Wanted) -> None:
        if self._ghost_next:
            self._ghost_next = False
            raise Refused(rules.duplicate(f"urn:li:share:{self._ids.next()}"))
        for share in reversed(self._shares.values()):
            same = (share.wanted.author, share.wanted.text) == (wanted.author, wanted.text)
            if self._sees_duplicates and same and wanted.text and now() - share.at < DUPLICATES_FOR:
                raise Refused(rules.duplicate(share.urn))

    def _posts_by_author(self, request: Request) -> Reply:
        author = rules.parameter(request, "author")
        if request.query.get("q") != "author":
            raise rules.refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
        if author != who.ORGANIZATION:
            raise rules.refused(403, what="posts.FINDER-author")  # r_member_social is closed to new apps
        self._need_reading()
        return rules.page([share.as_rest() for share in self._latest() if share.wanted.author == author], request)

    def _latest(self) -> list[Share]:
        shares = [share for share in self._shares.values() if share.is_public and self._is_shown(share.at)]
        return sorted(shares, key=lambda share: share.modified, reverse=True)

    def _need_reading(self) -> None:
        if not self._may_read:
            raise rules.refused(403, what="posts.GET")

    def _existing(self, encoded: str) -> Share:
        share = self._shares.get(rules.key(encoded))
        if share is None or share.deleted:
            raise rules.refused(404)
        return share

    def _show(self, _: Request, encoded: str) -> Reply:
        self._need_reading()
        share = self._existing(encoded)
        if share.wanted.author != who.ORGANIZATION:
            raise rules.refused(403, what="posts.GET")
        return json_reply(200, share.as_rest())

    def _edit(self, request: Request, encoded: str) -> Reply:
        body = request.json()
        change = body.get("patch", {}).get("$set", {}) if isinstance(body, dict) else {}
        if request.headers.get("X-RestLi-Method") != "PARTIAL_UPDATE" or "commentary" not in change:
            raise rules.refused(400, "ILLEGAL_ARGUMENT", "Only a PARTIAL_UPDATE of the commentary is simulated")
        share = self._existing(encoded)
        wanted = replace(share.wanted, pieces=read_commentary(change["commentary"]))
        self._shares[share.urn] = replace(share, wanted=wanted, modified=now())
        return Reply(204)

    def _delete(self, _: Request, encoded: str) -> Reply:
        urn = rules.key(encoded)
        if urn in self._shares:
            self._shares[urn] = replace(self._shares[urn], deleted=True)
        return Reply(204)

    def _need_partner_access(self) -> None:
        if not self._is_partner:
            raise rules.refused(403, what="ugcPosts.GET")

    def _show_ugc(self, _: Request, encoded: str) -> Reply:
        self._need_partner_access()
        return json_reply(200, self._existing(encoded).as_ugc())

    def _find_ugc(self, request: Request) -> Reply:
        self._need_partner_access()
        finder = request.query.get("q")
        if finder not in ("containerEntities", "authors"):
            raise rules.refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
        wanted = rules.listed(request, finder)
        found = [share for share in self._latest() if {share.wanted.container, share.wanted.author} & set(wanted)]
        return rules.page([share.as_ugc() for share in found], request)
