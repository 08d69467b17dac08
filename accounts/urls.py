"""The doors. django-allauth looks for its own names, so some addresses have two; what is not here (signing up,
other addresses of mail, other people's accounts) is not found."""

from django.urls import path, re_path

from accounts import views
from accounts.views import passwords, security, sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/second-step/", sign_in.second_step, name="mfa_authenticate"),
    path("sign-in/passkey/", sign_in.passkey, name="mfa_login_webauthn"),
    path("sign-in/closed/", sign_in.closed, name="account_inactive"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("password/", passwords.forgotten, name="account_reset_password"),
    path("password/sent/", passwords.sent, name="account_reset_password_done"),
    path("password/set/", passwords.password_is_set, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        passwords.new_password,
        name="account_reset_password_from_key",
    ),
    path("language/", views.language, name="language"),
    path("views/", views.save_view, name="save-view"),
    path("views/<int:pk>/rename/", views.rename_view, name="rename-view"),
    path("views/<int:pk>/delete/", views.delete_view, name="delete-view"),
    path("account/", views.account, name="account"),
    path("account/password/", passwords.change_password, name="account_change_password"),
    path("account/confirm/", security.confirm, name="account_reauthenticate"),
    path("account/confirm/code/", security.confirm_by_code, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", security.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("account/devices/", security.devices, name="usersessions_list"),
    path("account/security/", security.security, name="mfa_index"),
    path("account/security/app/", security.add_app, name="mfa_activate_totp"),
    path("account/security/app/remove/", security.remove_app, name="mfa_deactivate_totp"),
    path("account/security/codes/", security.codes, name="mfa_view_recovery_codes"),
    path("account/security/codes/new/", security.new_codes, name="mfa_generate_recovery_codes"),
    path("account/security/codes/file/", security.codes_as_file, name="mfa_download_recovery_codes"),
    path("account/security/passkeys/add/", security.add_passkey, name="mfa_add_webauthn"),
    path("account/security/passkeys/<int:pk>/", security.rename_passkey, name="mfa_edit_webauthn"),
    path("account/security/passkeys/<int:pk>/remove/", security.remove_passkey, name="mfa_remove_webauthn"),
]
