"""Addresses of object stores and the keys to them → an open store. `s3://`, `gs://`, `az://` and `file://`, all through obstore.

A client without keys asks the cloud's instance metadata service on its own, once a read. So none is made without keys: they come from the
environment or a named profile; instance credentials only with `--credentials instance`, no keys at all only with `--credentials none`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from sdscan.errors import ConfigError
from sdscan.patterns import pattern

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SCHEMES = frozenset({"s3", "gs", "az", "file"})
WAYS = ("env", "profile", "instance", "none")
"""Where credentials may come from; `profile:NAME` names one."""
CONCURRENCY = 32
"""Requests under way in one process: more brought nothing on a near server, and 512 only at 30 ms (research, scale.md, section 3)."""
_AZURE_KEYS = ("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY", "AZURE_STORAGE_MASTER_KEY", "AZURE_STORAGE_SAS_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_TOKEN")  # fmt: skip
_AZURE_CLIENT = ("AZURE_STORAGE_CLIENT_ID", "AZURE_CLIENT_ID")
_GOOGLE_KEYS = ("GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_PATH", "GOOGLE_SERVICE_ACCOUNT_KEY", "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_BEARER_TOKEN")  # fmt: skip


class Address(Struct, frozen=True):
    """`scheme://bucket/key`."""

    scheme: str
    bucket: str
    """Bucket or container; empty for `file`."""
    key: str
    """Without the slash before it; empty for the whole bucket."""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}" + (f"/{self.key}" if self.key else "")


class Access(Struct, frozen=True):
    """How object stores are asked. Only from the command line and the environment: a scanned folder's sdscan.toml must not say whom keys go to."""

    credentials: str = "env"
    """One of WAYS."""
    endpoint: str = ""
    """URL of the service; empty: the environment's, else the cloud's own."""
    concurrency: int = CONCURRENCY
    """Requests under way in one process."""


DEFAULT_ACCESS = Access()


def is_address(text: str) -> bool:
    """Whether a path is the address of an object store."""
    return "://" in text and text.partition("://")[0] in SCHEMES


def address(text: str) -> Address:
    """Text → Address. Raises ConfigError."""
    scheme, mark, rest = text.partition("://")
    if not mark or scheme not in SCHEMES:
        raise ConfigError(
            f"not an address of an object store: {text!r}; expected one that begins with s3://, gs://, az:// or file://"
        )
    bucket, _, key = rest.partition("/")
    if not bucket and scheme != "file":
        raise ConfigError(f"{text!r}: the bucket is missing; expected {scheme}://BUCKET/PREFIX")
    return Address(scheme, bucket, key)


def open_store(where: Address, access: Access) -> ObjectStore:
    """The store that holds an address; each is opened once in a process. Raises ConfigError where there are no keys."""
    return _opened(where.scheme, where.bucket, access.credentials, access.endpoint)


@lru_cache(maxsize=64)
def _opened(scheme: str, bucket: str, credentials: str, endpoint: str) -> ObjectStore:
    os.environ.setdefault("TOKIO_WORKER_THREADS", "1")  # of the client library: each more only wakes the others
    try:
        from obstore import store
    except ImportError:
        raise ConfigError("object stores need obstore: pip install 'sdscan[cloud]'") from None
    way, _, name = credentials.partition(":")
    if way not in WAYS or (name and way != "profile"):
        raise ConfigError(f"--credentials {credentials!r}; expected one of env, profile, profile:NAME, instance, none")
    if scheme == "file":
        return store.LocalStore(prefix="/")
    url = endpoint or _endpoint(scheme)
    config = {**_KEYS[scheme](way, name), **({_ENDPOINT_KEYS[scheme]: url} if url else {})}
    client = {"timeout": "60s", "connect_timeout": "10s", "allow_http": _may_be_plain(scheme, url)}
    kinds = {"s3": store.S3Store, "gs": store.GCSStore, "az": store.AzureStore}
    try:
        return kinds[scheme](bucket, config=config, client_options=client, retry_config=_retries())
    except (ValueError, store_errors()) as error:
        raise ConfigError(f"{scheme}://{bucket}: {first_line(error)}") from None


def store_errors() -> type[Exception]:
    """The base of the errors of the client library; some come as ValueError, FileNotFoundError and OSError as well."""
    from obstore.exceptions import BaseError

    base: type[Exception] = BaseError
    return base


def first_line(error: BaseException) -> str:
    """What an error of the client library says, in one line."""
    return " ".join(str(error).split())[:300]


_STATUS = pattern(r"(?:status(?: code)?:? ?|error \(|: )\"?([45]\d\d)\b")
GONE = "no longer exists"
CHANGED = "it was changed while it was read"
NO_RANGE = "the range that was asked for does not exist (416)"
NO_KEY = "a key with an empty part (two slashes, one after another) cannot be asked for"
CUT = "the connection to the store broke off"
_MEANINGS: Mapping[str, str] = {
    "401": "the keys are not valid (401)",
    "403": "permission denied (403)",
    "404": GONE,
    "412": CHANGED,
    "416": NO_RANGE,
    "429": "the store asks to slow down (429), however long it was waited",
    "500": "the store has an error of its own (500)",
    "503": "the store asks to slow down (503), however long it was waited",
}
_KIND = pattern(r"kind: (Connect|Timeout|Request|Interrupted)")
_BREAKS: Mapping[str, str] = {
    "Connect": "the store cannot be reached",
    "Timeout": "the store did not answer in time",
    "Request": CUT,
    "Interrupted": CUT,
}
HOPELESS = frozenset((*_BREAKS.values(), *(_MEANINGS[status] for status in ("401", "429", "500", "503"))))
"""Reasons that lie with the store, not with one object."""
OWN = frozenset((GONE, NO_RANGE, NO_KEY))
"""Reasons that lie in the object; all others may be gone the next time."""
_NAMED = {
    "PermissionDeniedError": "403",
    "UnauthenticatedError": "401",
    "PreconditionError": "412",
    "NotFoundError": "404",
}


def reason_of(error: BaseException) -> str:
    """What a refusal of the client library means, for a report: what a person can act on, nothing of keys or request ids."""
    if isinstance(error, FileNotFoundError):
        return _MEANINGS["404"]
    name = type(error).__name__
    if name in _NAMED:
        return _MEANINGS[_NAMED[name]]
    text = first_line(error)
    status = _STATUS.search(text)
    if status is not None:
        return _MEANINGS.get(status[1], f"the store refused it ({status[1]})")
    kind = _KIND.search(str(error))
    if kind is not None:
        return _BREAKS[kind[1]]
    if "empty path segment" in text:
        return NO_KEY
    return "the object store failed: " + re.sub(r"https?://\S+", "…", text)[:120]


def _retries() -> dict[str, object]:
    """503 and broken connections are asked again, each time after a longer pause, for a minute at most."""
    from datetime import timedelta

    backoff = {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=10), "base": 2}
    return {"max_retries": tries() - 1, "backoff": backoff, "retry_timeout": timedelta(seconds=60)}


def tries() -> int:
    """How often a request is made at most; `SDSCAN_RETRIES` says how often again. Raises ConfigError."""
    text = os.environ.get("SDSCAN_RETRIES", "8")
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise ConfigError(f"SDSCAN_RETRIES is {text!r}; expected a number")
    return int(text) + 1


# ---- keys ------------------------------------------------------------------------------------------------------


def _s3_keys(way: str, name: str) -> dict[str, object]:
    if way == "none":
        return {"skip_signature": True, **_region()}
    if way == "instance":
        if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
            raise ConfigError("--credentials instance, but AWS_EC2_METADATA_DISABLED is set")
        return {}
    found = _profile(name or os.environ.get("AWS_PROFILE") or "default") if way == "profile" else _from_environment()
    if "access_key_id" not in found or "secret_access_key" not in found:
        raise ConfigError(
            f"no keys for s3:// in profile {name or os.environ.get('AWS_PROFILE') or 'default'!r} of the AWS credentials file"
            if way == "profile"
            else "no keys for s3://: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or pass --credentials profile:NAME; "
            "--credentials instance takes the machine's own, --credentials none asks without"
        )
    return found


def _from_environment() -> dict[str, object]:
    names = {
        "access_key_id": "AWS_ACCESS_KEY_ID",
        "secret_access_key": "AWS_SECRET_ACCESS_KEY",
        "session_token": "AWS_SESSION_TOKEN",
    }
    found: dict[str, object] = {key: os.environ[name] for key, name in names.items() if os.environ.get(name)}
    return {**found, **_region()}


def _region() -> dict[str, object]:
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return {"region": region} if region else {}


def _profile(name: str) -> dict[str, object]:
    """The keys of a named profile in ~/.aws/credentials, its region in ~/.aws/config. Nothing is run and nobody is asked."""
    from configparser import ConfigParser, Error

    found: dict[str, object] = {}
    home = Path(os.path.expanduser("~")) / ".aws"
    files = (
        (os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or home / "credentials", name),
        (os.environ.get("AWS_CONFIG_FILE") or home / "config", name if name == "default" else f"profile {name}"),
    )
    wanted = {"aws_access_key_id": "access_key_id", "aws_secret_access_key": "secret_access_key", "aws_session_token": "session_token", "region": "region"}  # fmt: skip
    for path, section in files:
        parser = ConfigParser(interpolation=None)
        try:
            parser.read(path, encoding="utf-8")
        except (Error, OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{os.path.basename(path)}: cannot be read: {type(error).__name__}") from None
        if parser.has_section(section):
            for key, meaning in wanted.items():
                if parser.get(section, key, fallback=""):
                    found.setdefault(meaning, parser.get(section, key))
    return found


def _gs_keys(way: str, name: str) -> dict[str, object]:
    if way == "none":
        return {"skip_signature": True}
    if way == "profile":
        raise ConfigError("gs:// has no profiles; set GOOGLE_APPLICATION_CREDENTIALS to a key file")
    if way == "env" and not any(os.environ.get(key) for key in _GOOGLE_KEYS):
        raise ConfigError(
            "no keys for gs://: set GOOGLE_APPLICATION_CREDENTIALS or GOOGLE_SERVICE_ACCOUNT to a key file; --credentials instance takes the machine's own"
        )
    return {}


def _az_keys(way: str, name: str) -> dict[str, object]:
    if not os.environ.get("AZURE_STORAGE_ACCOUNT_NAME"):
        raise ConfigError("az:// needs the name of the account: set AZURE_STORAGE_ACCOUNT_NAME")
    if way == "none":
        return {"skip_signature": True}
    if way == "profile":
        raise ConfigError("az:// has no profiles; set AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN")
    if way == "env" and not any(os.environ.get(key) for key in (*_AZURE_KEYS, *_AZURE_CLIENT)):
        raise ConfigError(
            "no keys for az://: set AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN; --credentials instance takes the machine's own"
        )
    return {}


_KEYS = {"s3": _s3_keys, "gs": _gs_keys, "az": _az_keys}
_ENDPOINT_KEYS = {"s3": "endpoint", "gs": "base_url", "az": "endpoint"}
_ENDPOINTS = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": ("GOOGLE_BASE_URL",),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
}
_PLAIN = {"s3": "AWS_ALLOW_HTTP", "gs": "GOOGLE_ALLOW_HTTP", "az": "AZURE_ALLOW_HTTP"}
"""Set to true, a service that is not on this machine may be spoken to without TLS."""


def _endpoint(scheme: str) -> str:
    return next((os.environ[name] for name in _ENDPOINTS[scheme] if os.environ.get(name)), "")


def _may_be_plain(scheme: str, url: str) -> bool:
    """Whether an endpoint may be spoken to without TLS: one on this machine, or where the environment says so. Raises ConfigError."""
    if not url.startswith("http://"):
        return False
    host = urlsplit(url).hostname or ""
    if host in ("localhost", "::1") or host.startswith("127.") or os.environ.get(_PLAIN[scheme], "").lower() == "true":
        return True
    raise ConfigError(f"the endpoint {url!r} is not encrypted; expected https://, or set {_PLAIN[scheme]}=true")
