from django.urls import path

from locations import views

app_name = "locations"
urlpatterns = [
    path("", views.index, name="index"),
    path("<address:state_slug>/", views.state_detail, name="state"),
    path("<address:state_slug>/<address:city_slug>/", views.city_detail, name="city"),
    path("<address:state_slug>/a-z/<address:letter>/", views.letter, name="letter"),
]
