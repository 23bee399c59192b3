from django.urls import path

from locations import views

app_name = "locations"
urlpatterns = [
    path("", views.index, name="index"),
    path("<segment:state_slug>/", views.state_detail, name="state"),
    path("<segment:state_slug>/<segment:city_slug>/", views.city_detail, name="city"),
    path("<segment:state_slug>/a-z/<segment:letter>/", views.letter, name="letter"),
]
