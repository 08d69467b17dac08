"""Pages of the house itself."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks no database: a slow one must not get the process killed."""
    return JsonResponse({"status": "ok"})
