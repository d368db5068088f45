"""Pages of a person's notices, and of what they want to be told of."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts.access import signed_in
from webapp.accounts.actions import change_mail_address
from webapp.accounts.http import LARGEST_KEY, UserRequest, number_in
from webapp.notices import actions
from webapp.notices import mail_address as mail_addresses
from webapp.notices.forms import MailForm, PreferenceForm
from webapp.notices.models import Notice
from webapp.notices.queries import PER_PAGE, page_of


@signed_in
@require_GET
def notices(request: UserRequest) -> HttpResponse:
    """List a person's notices, the newest first; `before` and `limit` turn the pages."""
    page = page_of(request.user, before=number_in(request.GET.get("before")), limit=_limit(request))
    return render(request, "notices/list.html", {"page": page})


@signed_in
@require_GET
def open_notice(request: UserRequest, pk: int) -> HttpResponse:
    """Lead to what a notice is about; whoever follows it has read it."""
    notice = get_object_or_404(Notice.objects.of(request.user), pk=min(pk, LARGEST_KEY))
    actions.read(request.user, notice.pk)
    return HttpResponseRedirect(notice.url)


@signed_in
@require_POST
def read(request: UserRequest, pk: int) -> HttpResponse:
    """Mark one notice as read, and show the same page again."""
    if not actions.read(request.user, min(pk, LARGEST_KEY)):
        raise Http404
    messages.success(request, "The notice is marked as read.")
    return _same_page(request)


@signed_in
@require_POST
def read_all(request: UserRequest) -> HttpResponse:
    """Mark all notices as read that were there when the page was shown."""
    count = actions.read_all(request.user, upto=number_in(request.POST.get("upto")) or 0)
    messages.success(request, f"{count} {'notice is' if count == 1 else 'notices are'} marked as read.")
    return redirect("notices:list")


@signed_in
@require_http_methods(["GET", "POST"])
def preferences(request: UserRequest) -> HttpResponse:
    """Let a person choose, per event, whether to be told by mail and in the portal."""
    form = PreferenceForm(request.POST) if request.method == "POST" else PreferenceForm.of(request.user)
    if form.is_bound and form.is_valid():
        actions.choose(request.user, **form.cleaned_data)
        messages.success(request, "Your choice is kept.")
        return redirect("notices:preferences")
    return _preferences(request, form, MailForm(initial={"address": request.user.email}))


@signed_in
@require_POST
def mail_address(request: UserRequest) -> HttpResponse:
    """Send a link to the address that a person has typed, or forget the one that there is."""
    form = MailForm(request.POST)
    address = form.cleaned_data["address"] if form.is_valid() else ""
    if form.is_valid() and address:
        try:
            mail_addresses.send_link(request.user, address)
        except mail_addresses.TooSoon:
            form.add_error("address", "A link was sent a moment ago. Wait a minute before you ask for another one.")
    elif form.is_valid():
        change_mail_address(request.user, "")
    if form.errors:
        return _preferences(request, PreferenceForm.of(request.user), form)
    said = f"Open the link in the mail to {address}: then mails go there." if address else "No mail is sent to you now."
    messages.success(request, said)
    return redirect("notices:preferences")


@signed_in
@require_http_methods(["GET", "POST"])
def confirm_mail(request: UserRequest, token: str) -> HttpResponse:
    """Ask whether mails shall go to the address of a link, and let them. Programs that follow links change nothing."""
    address = mail_addresses.address_in(request.user, token)
    if request.method == "POST" and address:
        change_mail_address(request.user, address)
        messages.success(request, f"Mails go to {address} from now on.")
        return redirect("notices:preferences")
    context = {"address": address, "valid_days": mail_addresses.VALID_DAYS}
    return render(request, "notices/confirm_mail.html", context, status=200 if address else 410)


def _preferences(request: UserRequest, form: PreferenceForm, mail: MailForm) -> HttpResponse:
    status = 422 if form.errors or mail.errors else 200
    return render(request, "notices/preferences.html", {"form": form, "mail": mail}, status=status)


def _limit(request: UserRequest) -> int:
    return number_in(request.GET.get("limit")) or PER_PAGE


def _same_page(request: UserRequest) -> HttpResponse:
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("notices:list") + (f"?{query}" if query else ""))
