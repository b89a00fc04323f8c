from allauth.account.adapter import DefaultAccountAdapter
from django.shortcuts import render


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators: nobody signs up."""

    def is_open_for_signup(self, request):
        return False


def locked_out(request, original_response=None, credentials=None, *args, **kwargs):
    """The same page and words for known and unknown names (security.md A2)."""
    return render(request, "account/locked.html", status=429)
