from gasutil.identity import logins
from gasutil.models import User
from tests.support.api import Api
from tests.support.problems import ended


def test_it_works(customer: User, anyone: Api) -> None:
    pair = logins.start_login(customer)
    answer = anyone.post("logout/", {"refresh": pair.refresh})
    assert (answer.status_code, answer.content) == (204, b"")
    assert anyone.post("login/refresh/", {"refresh": pair.refresh}).json() == ended()
    assert anyone.get("profile/", Authorization=f"Bearer {pair.access}").json() == ended()


def test_it_can_be_repeated(customer: User, anyone: Api) -> None:
    pair = logins.start_login(customer)
    assert [anyone.post("logout/", {"refresh": pair.refresh}).status_code for _ in range(2)] == [
        204,
        204,
    ]


def test_it_leaves_the_other_devices_logged_in(customer: User, anyone: Api) -> None:
    pair, other = logins.start_login(customer), logins.start_login(customer)
    anyone.post("logout/", {"refresh": pair.refresh})
    assert anyone.post("login/refresh/", {"refresh": other.refresh}).status_code == 200


def test_it_rejects_an_access_token(customer: User, anyone: Api) -> None:
    answer = anyone.post("logout/", {"refresh": logins.start_login(customer).access})
    assert (answer.status_code, answer.json()) == (401, ended("This is not a refresh token."))
