"""Documents of the shapes that WordPress writes: RSS 2.0, Atom, RSS 1.0 (RDF) and RSS 0.92, and the pages of posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

BLOG = "https://blog.example"
FEED = f"{BLOG}/feed/"
FIRST = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class BlogPost:
    """One post; title and texts stand in the document exactly as they are given here."""

    number: int
    title: str = "A title"
    excerpt: str = "An excerpt."
    content: str = "<p>An excerpt.</p>"
    author: str = "María José Núñez"
    categories: Sequence[str] = ("Breast cancer",)
    guid: str | None = None
    link: str | None = None
    more: str = ""
    """Elements that plugins add, as they are."""

    @property
    def id(self) -> str:
        """WordPress's usual guid, which is no permanent link."""
        return f"{BLOG}/?p={self.number}" if self.guid is None else self.guid

    @property
    def url(self) -> str:
        """The post's own address."""
        return f"{BLOG}/2026/11/post-{self.number}/" if self.link is None else self.link

    @property
    def at(self) -> datetime:
        """When it was published: one second after the post before."""
        return FIRST + timedelta(seconds=self.number)


def rss(*posts: BlogPost, title: str = "The Cancer Blog", more: str = "") -> bytes:
    """An RSS 2.0 document, in the given order."""
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:atom="http://www.w3.org/2005/Atom"
	xmlns:media="http://search.yahoo.com/mrss/"
	>

<channel>
	<title>{title}</title>
	<atom:link href="{FEED}" rel="self" type="application/rss+xml" />
	<link>{BLOG}</link>
	<description>Test &#38; real</description>
	<language>en-US</language>
	<generator>https://wordpress.org/?v=6.7</generator>
	{more}{"".join(map(_rss_item, posts))}
</channel>
</rss>
""".encode()


def _rss_item(post: BlogPost) -> str:
    return f"""
	<item>
		<title>{post.title}</title>
		<link>{post.url}</link>
					<comments>{post.url}#respond</comments>

		<dc:creator><![CDATA[{post.author}]]></dc:creator>
		<pubDate>{format_datetime(post.at)}</pubDate>
				{"".join(f"<category><![CDATA[{name}]]></category>" for name in post.categories)}
		<guid isPermaLink="false">{post.id}</guid>

					<description><![CDATA[{post.excerpt}]]></description>
										<content:encoded><![CDATA[{post.content}]]></content:encoded>
		{post.more}
			</item>"""


def atom(*posts: BlogPost, title: str = "The Cancer Blog") -> bytes:
    """An Atom document, in the given order; WordPress marks titles as HTML and wraps them in CDATA."""
    return f"""<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-US">
	<title type="text">{title}</title>
	<updated>2026-11-22T06:01:52Z</updated>
	<link rel="alternate" type="text/html" href="{BLOG}" />
	<id>{BLOG}/feed/atom/</id>
	<link rel="self" type="application/atom+xml" href="{BLOG}/feed/atom/" />
	{"".join(map(_atom_entry, posts))}
</feed>
""".encode()


def _atom_entry(post: BlogPost) -> str:
    return f"""<entry>
		<author><name>{post.author}</name><uri>{BLOG}</uri></author>
		<title type="html"><![CDATA[{post.title}]]></title>
		<link rel="alternate" type="text/html" href="{post.url}" />
		<id>{post.id}</id>
		<updated>{post.at + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}</updated>
		<published>{post.at:%Y-%m-%dT%H:%M:%SZ}</published>
		{"".join(f'<category scheme="{BLOG}" term="{name}" />' for name in post.categories)}
		<summary type="html"><![CDATA[{post.excerpt}]]></summary>
		<content type="html" xml:base="{post.url}"><![CDATA[{post.content}]]></content>
		<link rel="replies" type="text/html" href="{post.url}#comments" />
		{post.more}
	</entry>"""


def rdf(*posts: BlogPost) -> bytes:
    """An RSS 1.0 document, in the given order: its ids are the addresses."""
    items = "".join(
        f"""<item rdf:about="{post.url}">
	<title>{post.title}</title>
	<link>{post.url}</link>
	<dc:creator><![CDATA[{post.author}]]></dc:creator>
	<dc:date>{post.at:%Y-%m-%dT%H:%M:%SZ}</dc:date>
	{"".join(f"<dc:subject><![CDATA[{name}]]></dc:subject>" for name in post.categories)}
	<description><![CDATA[{post.excerpt}]]></description>
</item>"""
        for post in posts
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"
	xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="{BLOG}"><title>The Cancer Blog</title><link>{BLOG}</link><description>Test</description></channel>
{items}
</rdf:RDF>
""".encode()


def rss092(*posts: BlogPost) -> bytes:
    """An RSS 0.92 document, in the given order: no guid, no date, no author, no category."""
    items = "".join(
        f"<item><title>{post.title}</title><description><![CDATA[{post.excerpt}]]></description>"
        f"<link>{post.url}</link></item>\n"
        for post in posts
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="0.92">
<channel><title>The Cancer Blog</title><link>{BLOG}</link><language>en-US</language>
{items}</channel>
</rss>
""".encode()


def password_form(words: str = "This content is password protected.") -> str:
    """What WordPress shows instead of a protected post, in the words of any language."""
    return f"""<form action="{BLOG}/wp-login.php?action=postpass" class="post-password-form" method="post">
<p>{words}</p>
<p><label for="pwbox-9">&#8230; <input name="post_password" id="pwbox-9" type="password" size="20" /></label>
<input type="submit" name="Submit" value="OK" /></p></form>"""


def page(content: str = "<p>An article.</p>", head: str = "") -> str:
    """A post's page."""
    return f"""<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8" />
<title>A title &#8211; The Cancer Blog</title>{head}</head><body><article>{content}</article></body></html>"""
