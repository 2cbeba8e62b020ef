from gasutil.models import ServiceRequest, User


def test_it_shows_a_customer_the_own_request(api, customer: User, leak: ServiceRequest) -> None:
    answer = api(customer).get(f"requests/{leak.pk}/")
    assert answer.status_code == 200
    assert answer.json()["reference"] == leak.reference
