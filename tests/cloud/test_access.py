"""Keys come from where the user said, and nobody but the store is asked for anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sdscan import cloud
from sdscan.__main__ import run
from sdscan.cloud import Access, address, open_store
from sdscan.errors import ConfigError
from tests.cloud.files import FILES
from tests.cloud.store import METADATA, Store, blind, environment

ROOT = Path(__file__).resolve().parents[2]
SCAN = ["scan", "-o", "jsonl", "--no-catalog", "--no-default-watchlist", "--isolated", "-q"]


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No keys anywhere, and a home folder of its own."""
    blind(monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    cloud._opened.cache_clear()
    return tmp_path


# ---- keys ------------------------------------------------------------------------------------------------------

MISSING = {
    "no keys": ("s3://art", "env", {}, "no keys for s3://: set AWS_ACCESS_KEY_ID"),
    "half a key": ("s3://art", "env", {"AWS_ACCESS_KEY_ID": "x"}, "no keys for s3://"),
    "no profile": ("s3://art", "profile:art", {}, "no keys for s3:// in profile 'art'"),
    "no keys for Google": ("gs://art", "env", {}, "no keys for gs://"),
    "no account for Azure": ("az://art", "env", {}, "set AZURE_STORAGE_ACCOUNT_NAME"),
    "no keys for Azure": ("az://art", "env", {"AZURE_STORAGE_ACCOUNT_NAME": "me"}, "no keys for az://"),
    "a profile for Google": ("gs://art", "profile", {}, "gs:// has no profiles"),
    "a profile for Azure": ("az://art", "profile", {"AZURE_STORAGE_ACCOUNT_NAME": "me"}, "az:// has no profiles"),
    "another way": ("s3://art", "guess", {}, "expected one of env, profile, profile:NAME, instance, none"),
    "a name for what has none": ("s3://art", "env:me", {}, "expected one of env"),
    "the machine's own, forbidden": ("s3://art", "instance", {"AWS_EC2_METADATA_DISABLED": "true"}, "AWS_EC2_METADATA_DISABLED is set"),
    "an endpoint without TLS": ("s3://art", "none", {"AWS_ENDPOINT_URL": "http://192.0.2.1"}, "is not encrypted; expected https://, or set AWS_ALLOW_HTTP=true"),
    "retries that are no number": ("s3://art", "none", {"SDSCAN_RETRIES": "many"}, "SDSCAN_RETRIES is 'many'"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISSING)
def test_missing_keys_are_named_and_nobody_else_is_asked(
    case: str, nothing: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place, way, keys, said = MISSING[case]
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    assert 2 == run([*SCAN, place, "--credentials", way])
    assert said in capfd.readouterr().err


def test_a_profile_has_keys_and_a_region(nothing: Path) -> None:
    (nothing / ".aws").mkdir()
    (nothing / ".aws" / "credentials").write_text("[art]\naws_access_key_id = a%b\naws_secret_access_key = s\n")
    (nothing / ".aws" / "config").write_text("[profile art]\nregion = eu-north-1\ncredential_process = touch ran\n")
    found = open_store(address("s3://art"), Access("profile:art")).config
    assert ("a%b", "s", "eu-north-1") == (found["access_key_id"], found["secret_access_key"], found["region"])
    assert not Path("ran").exists()


def test_a_damaged_profile_is_said(nothing: Path) -> None:
    (nothing / ".aws").mkdir()
    (nothing / ".aws" / "credentials").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="credentials: cannot be read"):
        open_store(address("s3://art"), Access("profile"))


@pytest.mark.parametrize(("text", "said"), [("ftp://x/y", "not an address"), ("s3://", "the bucket is missing")])
def test_an_address_that_is_none_is_said(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        address(text)


def test_the_extra_is_named_where_it_is_missing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud._opened.cache_clear()
    monkeypatch.setitem(sys.modules, "obstore", None)
    assert 2 == run([*SCAN, "s3://art"])
    assert "sdscan: error: object stores need obstore: pip install 'sdscan[cloud]'\n" == capfd.readouterr().err


# ---- nobody else is asked --------------------------------------------------------------------------------------


@pytest.mark.loopback
@pytest.mark.parametrize("way", ["env", "none"])
def test_the_metadata_service_is_never_asked(store: Store, capfd: pytest.CaptureFixture[str], way: str) -> None:
    store.put("art/a.png", FILES["small.png"])
    assert 0 == run([*SCAN, "s3://art", "--credentials", way])
    assert [] == [one.path for one in store.asked if f"/{one.path}".startswith(METADATA) or one.method == "PUT"]


@pytest.mark.loopback
def test_the_metadata_service_is_asked_only_where_the_user_says_so(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
        monkeypatch.delenv(name)
    store.put("art/a.png", FILES["small.png"])
    assert 3 == run([*SCAN, "s3://art", "--credentials", "instance"])
    assert any(one.path.lstrip("/").startswith("latest/") for one in store.asked)


_WATCH = r"""
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static void note(const struct sockaddr *to) {
    char text[64] = "?";
    if (to->sa_family == AF_INET) inet_ntop(AF_INET, &((struct sockaddr_in *)to)->sin_addr, text, 64);
    else if (to->sa_family == AF_INET6) inet_ntop(AF_INET6, &((struct sockaddr_in6 *)to)->sin6_addr, text, 64);
    else return;
    FILE *file = fopen(getenv("WATCHED"), "a");
    fprintf(file, "%s\n", text);
    fclose(file);
}

int connect(int fd, const struct sockaddr *to, socklen_t length) {
    int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
    note(to);
    return real(fd, to, length);
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length) {
    ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "sendto");
    if (to) note(to);
    return real(fd, data, size, flags, to, length);
}
"""


@pytest.fixture(scope="module")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that, loaded before all others, writes down whom a process calls, the client library's own threads included."""
    if sys.platform != "linux" or not shutil.which("cc"):
        pytest.skip("needs Linux and a C compiler to look at what the client library itself asks for")
    folder = tmp_path_factory.mktemp("watch")
    (folder / "watch.c").write_text(_WATCH)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", "watch.so", "watch.c", "-ldl"], cwd=folder, check=True)
    return folder / "watch.so"


def watched(watcher: Path, store: Store, tmp_path: Path, *arguments: str, drop: tuple[str, ...] = ()) -> list[str]:
    """Addresses that a command calls."""
    seen = tmp_path / "seen"
    seen.touch()
    keys = {name: value for name, value in environment(store).items() if name not in drop}
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AZURE_", "GOOGLE_", "GCE_"))
    }
    there = {"LD_PRELOAD": str(watcher), "WATCHED": str(seen), "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-m", "sdscan", *arguments], env={**clean, **keys, **there}, capture_output=True, check=False
    )
    return sorted(set(seen.read_text().split()))


@pytest.mark.loopback
def test_nobody_but_loopback_is_called(watcher: Path, store: Store, tmp_path: Path) -> None:
    store.put("art/a.png", FILES["small.png"])
    store.put("art/b.png", FILES["text-behind.png"])
    assert ["127.0.0.1"] == watched(watcher, store, tmp_path, *SCAN, "s3://art", "--jobs", "2")


@pytest.mark.loopback
@pytest.mark.parametrize("place", ["s3://art", "gs://art", "az://art"])
def test_without_keys_nobody_is_called_at_all(watcher: Path, store: Store, tmp_path: Path, place: str) -> None:
    """The client library would ask the machine's metadata service by itself."""
    drop = tuple(environment(store))
    assert [] == watched(watcher, store, tmp_path, *SCAN, place, drop=drop)


@pytest.mark.loopback
def test_the_watcher_would_see_another_address(watcher: Path, store: Store, tmp_path: Path) -> None:
    found = watched(watcher, store, tmp_path, *SCAN, "s3://art", "--endpoint", "https://127.0.0.2:9")
    assert ["127.0.0.2"] == found


# ---- Google and Azure ------------------------------------------------------------------------------------------


@pytest.mark.loopback
def test_objects_of_google_are_read(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("art/x/a.png", FILES["small.png"])
    store.put("art/x/b.png", FILES["text-behind.png"])
    monkeypatch.setenv("GOOGLE_BASE_URL", store.url)
    assert 0 == run([*SCAN, "gs://art/x", "--credentials", "none"])
    assert ["gs://art/x/a.png", "gs://art/x/b.png"] == [
        line.split('"')[3] for line in capfd.readouterr().out.splitlines()
    ]


@pytest.mark.loopback
def test_objects_of_azure_are_read(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("art/x/a.png", FILES["small.png"])
    store.put("art/x/b.png", FILES["text-behind.png"])
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "ZHVtbXk=")
    monkeypatch.setenv("AZURE_STORAGE_ENDPOINT", f"{store.url}/account")
    assert 0 == run([*SCAN, "az://art/x"])
    assert ["az://art/x/a.png", "az://art/x/b.png"] == [
        line.split('"')[3] for line in capfd.readouterr().out.splitlines()
    ]
