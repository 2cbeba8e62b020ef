"""Where everything is: the API, the console, the pages that mailed links lead to, and the health of it all."""

from django.contrib import admin
from django.contrib.auth import views
from django.urls import path
from django.views.generic import RedirectView

from gasutil.api.main import api

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("email/confirm/<str:token>/", views.PasswordResetCompleteView.as_view(), name="email-confirm"),
    path("password-reset/<uidb64>/<token>/", views.PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
    path("password-reset/done/", views.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]
