"""What is taken for a secret in clear text, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import from_regex
from kubetrial.lint.facts import secrets
from kubetrial.lint.facts.secrets import certain, inside, looks_secret

KEY = "-----BEGIN RSA " + "PRIVATE KEY-----\nMII"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter22"),
        ("db-password", "tr0ub4dor"),
        ("API_KEY", "9f8a7b6c5d4e"),
        ("CLIENT_SECRET", "s3cr3t-v4lue"),
        ("URL", "postgres://shop:tr0ub4dor@db/orders"),
        ("anything", KEY),
        ("anything", "AKIA" + "ABCDEFGHIJKLMNOP"),
        ("anything", "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----"),
        ("anything", "SG." + "a1" * 11 + "." + "b2c" * 14 + "d"),
        ("anything", "github_" + "pat_" + "11ABCDEFG0" * 3),
        ("AUTH", "Basic " + "YWRtaW46c3VwZXJTZWNyZXQx"),
        ("REDIS_URL", "redis://:tr0ub4dor@redis:6379/0"),
    ],
)
def test_secrets(name: str, value: str) -> None:
    assert looks_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "$(OTHER)"),
        ("DB_PASSWORD", "${DB_PASSWORD}"),
        ("DB_PASSWORD", "<password>"),
        ("DB_PASSWORD", "{{ .Values.password }}"),
        ("DB_PASSWORD_FILE", "/secrets/password"),
        ("DB_PASSWORD", "/secrets/password"),
        ("TLS_SECRET", "shop-tls"),
        ("TOKEN_TTL", "3600"),
        ("PASSWORD_MIN_LENGTH", "12"),
        ("USE_TOKEN", "true"),
        ("API_KEY", "YOUR_API_KEY"),
        ("ETCD_INITIAL_CLUSTER_TOKEN", "etcd-cluster-1"),
        ("URL", "https://example.com/path"),
        ("URL", "postgres://$(USER):$(PASSWORD)@db/orders"),
        ("MODE", "tr0ub4dor"),
        ("MODE", "Basic authentication is on"),
        ("CHECKSUM", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("IMAGE", "nginx@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("CLIENT_ID", "550e8400-e29b-41d4-a716-446655440000"),
        ("PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----"),
        ("CONFIG", "eyJsb2ciOnsibGV2ZWwiOiJpbmZvIn0sInNlcnZlciI6eyJwb3J0Ijo4MDgwfX0="),
        ("PROXY", "http://proxy:3128"),
        ("PASSWORD", "<your password>"),
    ],
)
def test_no_secrets(name: str, value: str) -> None:
    assert not looks_secret(name, value)


def test_lines_of_configuration() -> None:
    text = 'server.port=8080\nspring.datasource.password=Xk93-hq2-77Lm\n"apiKey": "${API_KEY}",\ntoken: enabled\n'
    assert [name for name, _ in inside(text)] == ["spring.datasource.password"]


def test_certificates_are_no_secrets() -> None:
    assert not certain("-----BEGIN CERTIFICATE-----\nMII")


@given(from_regex(secrets._certain()))
def test_a_sign_stands_in_every_text_that_is_certain(value: str) -> None:
    assert any(sign in value for sign in secrets._SIGNS)
