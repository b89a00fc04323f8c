"""Papers as .docx: filled from a template with named fields, and templates of others checked before they are kept."""

from core.documents.check import check_template, fields_of
from core.documents.join import join
from core.documents.render import Picture, render

__all__ = ["Picture", "check_template", "fields_of", "join", "render"]
