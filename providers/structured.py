"""Entries as schema.org describes them, with nothing that the page does not show."""


def of_lists(lists):
    """An ItemList for each of those `ShownList`s."""
    return [item_list(one.kind.title, one.entries, one.count) for one in lists]


def item_list(name, entries, count, first=1):
    """schema.org ItemList of entries, of which the first has that position in the whole list."""
    return {
        "@type": "ItemList",
        "name": name,
        "numberOfItems": count,
        "itemListElement": [
            {"@type": "ListItem", "position": number, "item": _item(entry)}
            for number, entry in enumerate(entries, start=first)
        ],
    }


def _item(entry):
    item = {
        "@type": "Person" if entry.is_person else "MedicalBusiness",
        "name": entry.name,
        "sameAs": entry.record,
        "address": {
            "@type": "PostalAddress",
            "addressLocality": entry.post_city,
            "postalCode": entry.zip_code,
            "addressCountry": "US",
        },
    }
    if entry.street:
        item["address"]["streetAddress"] = entry.street
    if entry.phone:
        item["telephone"] = entry.phone
    return item
