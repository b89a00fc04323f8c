"""A form that shows a draft: the words as if posted, without asking yet whether they are complete."""

from django.forms.utils import ErrorDict, ErrorList

from visits.forms.lines import line_sets


def show_draft(form, post):
    """Make the record form draw what was kept (visits.queries.draft.posted)."""
    form.data, form.is_bound = post, True
    form.lines = line_sets(post, form.programme.rules, form.initial)
    _hush(form)
    for lines in form.lines.values():
        lines._errors, lines._non_form_errors = [], ErrorList()
        for line in lines.forms:
            _hush(line)


def _hush(form):
    form._errors, form.cleaned_data = ErrorDict(), {}
