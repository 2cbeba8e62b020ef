"""The URLs of the API, the console and the pages that mailed links lead to."""

from django.contrib import admin
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.vary import vary_on_cookie
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from gasutil import pages, report_pages
from gasutil.api.main import api

texts = JavaScriptCatalog.as_view(packages=["gasutil"], domain="djangojs")

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path(
        "admin/texts.js",
        cache_control(private=True, max_age=300)(vary_on_cookie(texts)),
        name="console-texts",
    ),
    path("admin/", admin.site.urls),
    path("language/", pages.choose_language, name="set_language"),
    path("api/v1/", api.urls),
    path("email/confirm/<str:token>/", pages.ConfirmEmail.as_view(), name="email-confirm"),
    path("email/undo/<str:token>/", pages.UndoEmailChange.as_view(), name="email-undo"),
    path("report/", report_pages.ReportPage.as_view(), name="report"),
    path("report/track/", report_pages.TrackingPage.as_view(), name="report-track"),
    path(
        "report/track/<str:token>/", report_pages.TrackingPage.as_view(), name="report-track-link"
    ),
    path("report/proof/", report_pages.ProofPage.as_view(), name="report-proof"),
    path("erasure/undo/<str:token>/", pages.UndoErasure.as_view(), name="erasure-undo"),
    path("unsubscribe/<str:token>/", pages.Unsubscribe.as_view(), name="unsubscribe"),
    path(
        "password-reset/<uidb64>/<token>/",
        pages.NewPassword.as_view(),
        name="password_reset_confirm",
    ),
    path("password-reset/done/", pages.NewPasswordDone.as_view(), name="password_reset_complete"),
]
