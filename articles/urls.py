from django.urls import path

from articles import views

app_name = "articles"
urlpatterns = [
    path("articles/", views.article_list, name="list"),
    path("articles/pages/<int:number>/", views.article_list, name="list_page"),
    path("articles/<segment:slug>/", views.article_detail, name="detail"),
    path("preview/<str:token>/", views.preview, name="preview"),
    path("which-therapy/", views.guide, name="guide"),
    path("about/", views.about, name="about"),
    path("about/<segment:slug>/", views.about, name="about_page"),
]
