"""Parts of a self-contained page: no script, nothing fetched, to be read and to be printed.

Every text is escaped, and signs that cannot be seen are spelled out: names are whatever somebody
wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from fingerprint.cli.render import printable
from fingerprint.report.scan_colours import variables

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
*{box-sizing:border-box}
body{margin:0 auto;padding:2.5rem 1.5rem 4rem;max-width:62rem;background:var(--paper);
 color:var(--ink);font:16px/1.55 system-ui,'Segoe UI',Helvetica,Arial,sans-serif}
h1{font-size:1.8rem;line-height:1.25;margin:.2rem 0 1rem;text-wrap:balance}
h2{font-size:1.25rem;margin:2.8rem 0 .3rem}
p,li{max-width:46rem}
.about{color:var(--muted);margin:0 0 .6rem}
.verdict{background:var(--panel);border-left:4px solid var(--agent2);padding:.8rem 1.2rem}
.verdict p{margin:.35rem 0}
.verdict p:first-child{font-weight:600}
svg{display:block;width:100%;height:auto;overflow:visible}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;margin-top:.6rem;
 font-variant-numeric:tabular-nums}
th,td{padding:.32rem .7rem .32rem 0;text-align:right;vertical-align:top;
 border-bottom:1px solid var(--line)}
th{color:var(--muted);font-weight:500}
th.text,td.text{text-align:left;overflow-wrap:break-word;max-width:22rem}
.limits li{color:var(--muted);margin:.3rem 0}
@media print{body{max-width:none;padding:0;font-size:11pt}.wide{overflow:visible}
 h1,h2,.about,thead{break-after:avoid}h2,tr,svg,.verdict,.about,li{break-inside:avoid}
 p,li{orphans:3;widows:3}}
"""


def whole(title: str, body: Iterable[str], style: str = "") -> str:
    """Return a page of parts that are HTML, empty ones left out; `style` adds rules of its own."""
    inside = "\n".join(part for part in body if part)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{variables()}{_STYLE}{style}</style>\n</head>\n"
        f"<body>\n{inside}\n</body>\n</html>\n"
    )


def head(about: str, title: str, said: Iterable[str]) -> str:
    """Return the head of a page: what it is about, its title, and the verdict's sentences."""
    return f"{paragraph(about)}\n<h1>{text(title)}</h1>\n<div class=verdict>{each('p', said)}</div>"


def section(title: str, *html: str) -> str:
    """Return a section; nothing where all its parts are empty."""
    inside = "\n".join(part for part in html if part)
    return f"<section>\n<h2>{text(title)}</h2>\n{inside}\n</section>" if inside else ""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    """Return a table whose first `texts` columns are words; nothing without rows."""

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=text' if at < texts else ''}>{text(cell)}</{tag}>"
            for at, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    top = f"<tr>{cells('th', columns)}</tr>"
    if not body:
        return ""
    # A head of its own is repeated on every printed page.
    return f"<div class=wide><table><thead>{top}</thead><tbody>{body}</tbody></table></div>"


def bullets(texts: Iterable[str]) -> str:
    """Return a list; nothing without texts."""
    items = each("li", texts)
    return f"<ul class=limits>{items}</ul>" if items else ""


def each(tag: str, texts: Iterable[str]) -> str:
    """Return every text in an element of its own."""
    return "".join(f"<{tag}>{text(line)}</{tag}>" for line in texts)


def paragraph(words: str) -> str:
    """Return what explains a drawing."""
    return f"<p class=about>{text(words)}</p>"


def text(words: str) -> str:
    """Return a text that stays a text."""
    return escape(printable(words), quote=True)
