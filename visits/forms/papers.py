from django import forms

from students.forms import RevealForm

DOCX, PDF = "docx", "pdf"


class FullForm(RevealForm):
    """A record with telephones and address: why, and as which file."""

    form = forms.ChoiceField(label="格式", choices=[(DOCX, "Word"), (PDF, "PDF")], required=False)
