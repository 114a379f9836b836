#!/usr/bin/env python3
"""Pages of HTML with their true text, and of each three more: with its first two paragraphs alone, without any, and bare.

    short_pages.py PAGES.jsonl[.gz] > ALL.jsonl

A line in is {"html", "text"}. A line out is {"page", "part", "html", "text"}: `page` counts the lines in from 0, so that
what came of one page can be kept together; `part` is whole, short, none or bare: a page by hand, without
scripts, styles, names of classes and nearly all that stands around the article, of which every other page keeps two
paragraphs. Where fewer than four fifths of the true words
stand in blocks of their own, only `whole` is written. Needs lxml.
"""
import gzip
import json
import re
import sys

from lxml import html as lhtml

BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "div", "td", "dd", "dt", "pre", "section", "article",
          "figcaption", "ul", "ol", "table", "tr", "tbody", "aside", "header", "footer", "figure", "main", "form", "body"}
RUN = 4
AROUND = 8  # one of so many blocks around the article stays on a bare page
PARAGRAPH = 8  # words that a block must have to be one of the first two
WORDS = re.compile(r"\w+")


def words_of(text):
    return WORDS.findall(text.lower())


def runs(words):
    return {tuple(words[i:i + RUN]) for i in range(max(len(words) - RUN + 1, 1))}


def leaves(document):
    """Elements with text that hold no other block."""
    body = document.find("body")
    for e in (body if body is not None else document).iter():
        if isinstance(e.tag, str) and e.tag in BLOCKS and not any(isinstance(d.tag, str) and d.tag in BLOCKS
                                                                  for d in e.iterdescendants()):
            words = words_of(e.text_content())
            if words:
                yield e, words


def cut_stated(document, text):
    """What JSON-LD states of the article's body: the text that is left, or nothing at all."""
    for script in list(document.iter("script")):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            stated = json.loads(script.text_content())
        except ValueError:
            stated = None
        if not text or stated is None:
            script.drop_tree()
            continue

        def walk(node):
            if isinstance(node, list):
                for item in node:
                    walk(item)
            elif isinstance(node, dict):
                if "articleBody" in node:
                    node["articleBody"] = text
                for item in node.values():
                    walk(item)
        walk(stated)
        script.text = json.dumps(stated)


def strip(document, outside):
    """A page as it is written by hand."""
    for element in outside:
        if element.tag != "h1" and element.getparent() is not None:
            element.drop_tree()
    for element in list(document.iter("script", "style", "meta", "link", "noscript", "iframe", "svg")):
        element.drop_tree()
    for element in document.iter():
        if isinstance(element.tag, str):
            for name in set(element.attrib) - {"href"}:
                del element.attrib[name]


def cut(page, keep, bare=False):
    """The page with `keep` paragraphs of its article, and their text; None where its blocks cannot be told apart."""
    document = lhtml.document_fromstring(page["html"].encode(), parser=lhtml.HTMLParser(encoding="utf-8"))
    truth = words_of(page["text"])
    known = runs(truth)
    found, kept, inside, outside = 0, [], [], []
    for element, words in leaves(document):
        own = runs(words)
        if 2 * len(own & known) > len(own):
            inside.append((element, words))
            found += len(words)
        else:
            outside.append(element)
    if found < 0.8 * len(truth):
        return None
    for element, words in inside:
        if len(kept) < keep and len(words) >= PARAGRAPH and element.tag != "h1":
            kept.append(" ".join(element.text_content().split()))
        elif element.getparent() is not None:
            element.drop_tree()
    text = "\n".join(kept)
    cut_stated(document, text)
    if bare:
        strip(document, [e for i, e in enumerate(outside) if i % AROUND])
    return {"html": lhtml.tostring(document, encoding="unicode", doctype="<!doctype html>"), "text": text}


def main(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
        pages = [json.loads(line) for line in f if line.strip()]
    for number, page in enumerate(pages):
        parts = {"whole": page, "short": cut(page, 2), "none": cut(page, 0),
                 "bare": cut(page, 2 if number % 2 else len(page["text"]), bare=True)}
        for part, made in parts.items():
            if made:
                print(json.dumps({"page": number, "part": part, "html": made["html"], "text": made["text"]}))


main(*sys.argv[1:])
