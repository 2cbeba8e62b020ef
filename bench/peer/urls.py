"""The routes of the peer."""

from rest_framework.routers import DefaultRouter

from bench.peer.views import ServiceRequestViewSet

router = DefaultRouter()
router.register("api/v1/requests", ServiceRequestViewSet, basename="request")
urlpatterns = router.urls
