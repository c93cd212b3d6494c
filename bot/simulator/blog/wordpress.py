"""How the blog writes: feeds and pages as WordPress 6 writes them, to what its own output looks like.

Source: output of WordPress 6.1.9, 6.5.5 and 6.7, and wp-includes/feed-rss2.php and feed-atom.php.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import quote

TITLE, DESCRIPTION, LANGUAGE = "The Cancer Blog", "Notes from an invented oncology team", "en-GB"
GENERATOR = "https://wordpress.org/?v=6.7"
_NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "atom": "http://www.w3.org/2005/Atom",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
}
_NO_EXCERPT = "There is no excerpt because this is a protected post."
_STYLE = (
    "body{font:18px/1.6 Georgia,serif;max-width:42rem;margin:3rem auto;padding:0 1rem;color:#24323d}"
    "img{max-width:100%;border-radius:10px}a{color:#1d6a8a}h1{line-height:1.2}small{color:#61717d}"
)


@dataclass(frozen=True)
class BlogPost:
    """A post of the blog."""

    id: int
    slug: str
    title: str
    summary: str
    author: str
    categories: tuple[str, ...]
    at: datetime
    modified: datetime
    guid: str
    link: str
    image: str | None = None
    alt: str = ""
    protected: bool = False
    featured: str | None = None
    """A picture that only the REST interface shows, as in WordPress without plugins."""
    featured_alt: str = ""

    @property
    def shown_title(self) -> str:
        """The title as it is shown; WordPress marks protected posts in its own language."""
        return f"Protected: {self.title}" if self.protected else self.title


def title_html(title: str) -> str:
    """A title the way WordPress writes it in feeds: typographic apostrophes and entities by number."""
    return escape(title, quote=False).replace("&amp;", "&#038;").replace("'", "&#8217;")


def content_html(post: BlogPost) -> str:
    """The body of a post, or the form that asks for its password."""
    if post.protected:
        return (
            f'<form action="/wp-login.php?action=postpass" class="post-password-form" method="post">\n'
            "<p>This content is password protected. To view it please enter your password below:</p>\n"
            f'<p><label for="pwbox-{post.id}">Password: <input name="post_password" id="pwbox-{post.id}" '
            'type="password" spellcheck="false" size="20" /></label> '
            '<input type="submit" name="Submit" value="Enter" /></p></form>\n'
        )
    figure = f'<figure class="wp-block-image"><img src="{post.image}" alt="{escape(post.alt)}" /></figure>\n'
    return f"{figure if post.image else ''}<p>{escape(post.summary, quote=False)}</p>\n"


def rss(base: str, path: str, posts: list[BlogPost], built: datetime, title: str = TITLE) -> bytes:
    """An RSS 2.0 document."""
    spaces = "\n".join(f'\txmlns:{name}="{address}"' for name, address in _NAMESPACES.items())
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"\n{spaces}\n\t>\n\n<channel>\n'
        f"\t<title>{title_html(title)}</title>\n"
        f'\t<atom:link href="{base}{escape(path)}" rel="self" type="application/rss+xml" />\n'
        f"\t<link>{base}</link>\n\t<description>{DESCRIPTION}</description>\n"
        f"\t<lastBuildDate>{format_datetime(built)}</lastBuildDate>\n\t<language>{LANGUAGE}</language>\n"
        "\t<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>\n\t<sy:updateFrequency>\n\t1\t</sy:updateFrequency>\n"
        f"\t<generator>{GENERATOR}</generator>\n"
    )
    return (head + "".join(_rss_entry(post) for post in posts) + "</channel>\n</rss>\n").encode()


def _rss_entry(post: BlogPost) -> str:
    categories = "\n\t\t".join(
        f"<category><![CDATA[{escape(name, quote=False)}]]></category>" for name in post.categories
    )
    excerpt = _NO_EXCERPT if post.protected else escape(post.summary, quote=False)
    return (
        f"\t<item>\n\t\t<title>{title_html(post.shown_title)}</title>\n\t\t<link>{post.link}</link>\n"
        f"\t\t\t\t\t<comments>{post.link}#respond</comments>\n\t\t\n"
        f"\t\t<dc:creator><![CDATA[{post.author}]]></dc:creator>\n"
        f"\t\t<pubDate>{format_datetime(post.at)}</pubDate>\n\t\t\t\t{categories}\n"
        f'\t\t<guid isPermaLink="false">{escape(post.guid, quote=False)}</guid>\n\n'
        f"\t\t\t\t\t<description><![CDATA[{excerpt}]]></description>\n"
        f"\t\t\t\t\t\t\t\t\t\t<content:encoded><![CDATA[{content_html(post)}]]></content:encoded>\n\t\t\t\t\t\n"
        f"\t\t\t\t\t<wfw:commentRss>{post.link}feed/</wfw:commentRss>\n"
        "\t\t\t<slash:comments>0</slash:comments>\n\t\t\n\t\t\n\t\t\t</item>\n"
    )


def atom(base: str, path: str, posts: list[BlogPost], built: datetime) -> bytes:
    """An Atom document."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><feed\n\txmlns="http://www.w3.org/2005/Atom"\n'
        f'\txmlns:thr="http://purl.org/syndication/thread/1.0"\n\txml:lang="{LANGUAGE}"\n\t>\n'
        f'\t<title type="text">{TITLE}</title>\n\t<subtitle type="text">{DESCRIPTION}</subtitle>\n\n'
        f"\t<updated>{_utc(built)}</updated>\n\n"
        f'\t<link rel="alternate" type="text/html" href="{base}" />\n\t<id>{base}/feed/atom/</id>\n'
        f'\t<link rel="self" type="application/atom+xml" href="{base}{escape(path)}" />\n\n'
        f'\t<generator uri="https://wordpress.org/" version="6.7">WordPress</generator>\n'
    )
    return (head + "".join(_atom_entry(base, post) for post in posts) + "</feed>\n").encode()


def _atom_entry(base: str, post: BlogPost) -> str:
    categories = "".join(f'<category scheme="{base}" term="{escape(name)}" />' for name in post.categories)
    excerpt = _NO_EXCERPT if post.protected else escape(post.summary, quote=False)
    return (
        f"\t<entry>\n\t\t<author>\n\t\t\t<name>{escape(post.author, quote=False)}</name>\n\t\t</author>\n\n"
        f'\t\t<title type="html"><![CDATA[{title_html(post.shown_title)}]]></title>\n'
        f'\t\t<link rel="alternate" type="text/html" href="{post.link}" />\n\n'
        f"\t\t<id>{escape(post.guid, quote=False)}</id>\n\t\t<updated>{_utc(post.modified)}</updated>\n"
        f"\t\t<published>{_utc(post.at)}</published>\n\t\t{categories}\n"
        f'\t\t<summary type="html"><![CDATA[{excerpt}]]></summary>\n\n'
        f'\t\t<content type="html" xml:base="{post.link}"><![CDATA[{content_html(post)}]]></content>\n\t</entry>\n'
    )


def page(base: str, post: BlogPost) -> bytes:
    """The page of a post, with the tags that crawlers read."""
    picture = f'<meta property="og:image" content="{post.image}" />\n' if post.image and not post.protected else ""
    title, about = escape(post.shown_title), escape("" if post.protected else post.summary)
    tags = (
        f'<link rel="https://api.w.org/" href="{base}/wp-json/" /><link rel="alternate" title="JSON" '
        f'type="application/json" href="{base}/wp-json/wp/v2/posts/{post.id}" />\n'
        f'<link rel="canonical" href="{post.link}" />\n<meta property="og:type" content="article" />\n'
        f'<meta property="og:title" content="{title}" />\n<meta property="og:description" content="{about}" />\n'
        f'<meta property="og:url" content="{post.link}" />\n{picture}'
        '<meta name="twitter:card" content="summary_large_image" />\n'
    )
    byline = f"<p><small>{escape(post.author)} · {post.at.day} {post.at:%B %Y}</small></p>"
    return _html(f"{title} – {TITLE}", tags, f"<h1>{title}</h1>\n{byline}\n{content_html(post)}")


def rest(base: str, post: BlogPost, embedded: bool) -> dict[str, Any]:
    """A post as the REST interface tells it, with its featured picture where that is to be embedded."""
    picture, alt = (post.featured, post.featured_alt) if post.featured else (post.image, post.alt)
    told: dict[str, Any] = {
        "id": post.id,
        "date_gmt": f"{post.at:%Y-%m-%dT%H:%M:%S}",
        "slug": post.slug,
        "status": "publish",
        "type": "post",
        "link": post.link,
        "title": {"rendered": title_html(post.shown_title)},
        "featured_media": post.id + 100_000 if picture else 0,
        "_links": {"self": [{"href": f"{base}/wp-json/wp/v2/posts/{post.id}"}]},
    }
    if picture and embedded:
        media = {"id": post.id + 100_000, "type": "attachment", "media_type": "image", "mime_type": "image/png"}
        told["_embedded"] = {"wp:featuredmedia": [media | {"alt_text": alt, "source_url": picture}]}
    return told


def home(posts: list[BlogPost]) -> bytes:
    """The front page."""
    feeds = '<link rel="alternate" type="application/rss+xml" title="Feed" href="/feed/" />\n'
    lines = "".join(f'<li><a href="{post.link}">{escape(post.shown_title)}</a></li>\n' for post in posts)
    return _html(TITLE, feeds, f"<h1>{TITLE}</h1>\n<p>{DESCRIPTION}</p>\n<ul>\n{lines}</ul>")


def notice(title: str) -> bytes:
    """A page that says one thing."""
    return _html(f"{title} – {TITLE}", "", f"<h1>{escape(title)}</h1>")


def _html(title: str, tags: str, body: str) -> bytes:
    head = f'<meta charset="UTF-8" />\n<title>{title}</title>\n{tags}<style>{_STYLE}</style>'
    page = f'<html lang="{LANGUAGE}">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>'
    return f"<!DOCTYPE html>\n{page}\n".encode()


def slug(title: str) -> str:
    """The last part of a permalink: WordPress folds Latin letters and percent-encodes the others, 200 at most."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", title.lower()) if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " if c.isspace() or c in "-–—/" else "" for c in folded).split()
    encoded = quote("-".join(words)).lower()
    return encoded if len(encoded) <= 200 else encoded[:200].rpartition("-")[0] or encoded[:198]


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
