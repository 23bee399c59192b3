"""Reads pages as a crawler and a browser do."""

import json
import re
from html.parser import HTMLParser


class Page(HTMLParser):
    """The links, head and headings of a page."""

    def __init__(self, response):
        super().__init__()
        self.links, self.followed, self.headings, self.meta, self.rel, self.ids = [], [], [], {}, {}, []
        self.title, self.json_ld, self.text = "", "", ""
        self._open = []
        self.feed(response.content.decode())
        self.graph = json.loads(self.json_ld)["@graph"] if self.json_ld else []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
            if "nofollow" not in attributes.get("rel", ""):
                self.followed.append(attributes["href"])
        elif tag == "meta":
            self.meta[attributes.get("name") or attributes.get("property")] = attributes.get("content")
        elif tag == "link":
            self.rel[attributes["rel"]] = attributes["href"]
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append([tag, ""])
        self._open.append("json_ld" if attributes.get("type") == "application/ld+json" else tag)

    def handle_endtag(self, tag):
        self._open.append("")

    def handle_data(self, data):
        inside = self._open[-1] if self._open else ""
        if inside == "title" and not self.title:
            self.title = data
        elif inside == "json_ld":
            self.json_ld += data
        else:
            self.text += data
            if self.headings and inside in ("a", *(f"h{n}" for n in range(1, 7))):
                self.headings[-1][1] += data

    def of_type(self, name):
        """The first object of that schema.org type in the page's structured data."""
        return next((thing for thing in self.graph if name in thing["@type"]), None)


def page_of(client, address):
    return Page(client.get(address))


def links_of(response):
    return Page(response).links


def form_data(response):
    """What the browser would send back if the change form of the admin were saved as it is."""
    context = response.context
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    data = {"open_form": str(context["open_form"])} if "open_form" in context else {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is None or value is False:
                continue
            widget = field.field.widget
            if hasattr(widget, "decompress"):  # a date and a time in boxes of their own
                parts = value if isinstance(value, list) else widget.decompress(value)
                named = zip("01", parts, strict=True)
                data |= {
                    f"{field.html_name}_{suffix}": str(part) for suffix, part in named if part is not None
                }
            else:
                data[field.html_name] = list(value) if isinstance(value, list) else value
    return data
