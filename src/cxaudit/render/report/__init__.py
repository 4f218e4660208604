"""The monthly report in its forms: a page, a paged document, Markdown and JSON, all from the same figures."""
