from django.urls import path

from accounts import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", views.language, name="language"),
    path("views/", views.save_view, name="save-view"),
    path("views/<int:pk>/rename/", views.rename_view, name="rename-view"),
    path("views/<int:pk>/delete/", views.delete_view, name="delete-view"),
    path("account/", views.account, name="account"),
]
