"""Forms of pages, as a browser would send them."""

import re
from html import unescape


def language_form(page: str, language: str = "fa") -> dict[str, str]:
    """Return what the switch of language on a page sends."""
    form = page.split('action="/language"')[1].split("</form>")[0]
    hidden = re.findall(r'name="(csrf|next)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in hidden} | {"language": language}
