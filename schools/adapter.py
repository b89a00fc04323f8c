from allauth.account.adapter import DefaultAccountAdapter
from django.shortcuts import render


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators: nobody signs up."""

    def is_open_for_signup(self, request):
        return False


def locked_out(request, original_response=None, credentials=None, *args, **kwargs):
    """The same page and words for known and unknown names (security.md A2)."""
    return render(request, "account/locked.html", status=429)


def typed_name(request, credentials=None):
    """The name as StaffBackend reads it, so that a space or a capital opens no second round of guesses."""
    typed = (credentials or {}).get("username") or (request.POST.get("login") if request else "") or ""
    return typed.strip().lower()
