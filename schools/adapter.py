from allauth.account.adapter import DefaultAccountAdapter
from django.shortcuts import render


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators: nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "这个账号停用了，请找学校管理员。",
        "username_password_mismatch": "工号或密码不正确。",
        "too_many_login_attempts": "这里试得太多了，15分钟后再登录。",
        "enter_current_password": "现在的密码不正确。",
        "incorrect_password": "密码不正确。",
    }

    def is_open_for_signup(self, request):
        return False


def locked_out(request, original_response=None, credentials=None, *args, **kwargs):
    """The same page and words for known and unknown names (security.md A2)."""
    return render(request, "account/locked.html", status=429)


def typed_name(request, credentials=None):
    """The name as StaffBackend reads it, so that a space or a capital opens no second round of guesses."""
    typed = (credentials or {}).get("username") or (request.POST.get("login") if request else "") or ""
    return typed.strip().lower()
