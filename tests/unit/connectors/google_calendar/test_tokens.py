"""One credential: read from the file as the kind it is, and renewed once however many calls were refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from google.auth import aws, identity_pool, pluggable
from google.auth.credentials import Credentials

from connectors.google_calendar.keyfile import read_key_file
from connectors.google_calendar.settings import GoogleSettings
from connectors.google_calendar.tokens import SharedToken, load_credentials

AWS: dict[str, Any] = {
    "environment_id": "aws1",
    "region_url": "http://169.254.169.254/latest/meta-data/placement/availability-zone",
    "regional_cred_verification_url": "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity",
}


@pytest.mark.parametrize(
    ("subject", "source", "kind"),
    [
        ("urn:ietf:params:aws:token-type:aws4_request", AWS, aws.Credentials),
        (
            "urn:ietf:params:oauth:token-type:jwt",
            {"executable": {"command": "no-such"}},
            pluggable.Credentials,
        ),
        ("urn:ietf:params:oauth:token-type:jwt", {"file": "token"}, identity_pool.Credentials),
    ],
)
def test_a_workload_identity_is_taken_from_where_its_file_says(
    tmp_path: Path, subject: str, source: dict[str, Any], kind: type[Credentials]
) -> None:
    told = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        "subject_token_type": subject,
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": source,
    }
    path = tmp_path / "key.json"
    path.write_text(json.dumps(told))
    settings = GoogleSettings(credentials_file=path, owner="mnu", timezone="Asia/Almaty")
    assert type(load_credentials(settings, read_key_file(settings))) is kind


class Numbered(Credentials):
    """Credentials whose tokens are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched = 0

    def refresh(self, _: Any) -> None:
        self.fetched += 1
        self.token = f"token {self.fetched}"

    def apply(self, headers: Any, token: str | None = None) -> None:
        headers["authorization"] = self.token


def test_a_token_refused_to_two_calls_is_renewed_once() -> None:
    credentials = Numbered()
    shared = SharedToken(credentials)
    refused: Mapping[str, str] = shared.headers(lambda: None)
    renewed = [shared.renew(refused, lambda: None) for _ in range(2)]
    assert renewed == [{"authorization": "token 2"}] * 2
    assert credentials.fetched == 2
