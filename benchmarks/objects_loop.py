"""obstore alone: list a bucket and read the first 64 KiB of each object on 32 threads, nothing else. Prints how many it read.

python objects_loop.py URL
"""

from __future__ import annotations

import sys
import threading

import obstore
from obstore.store import S3Store


def main(url: str) -> int:
    """The number of objects."""
    config = {"access_key_id": "dummy", "secret_access_key": "dummy", "region": "us-east-1", "endpoint": url}
    store = S3Store("bench", config=config, client_options={"allow_http": True})
    keys = iter([entry["path"] for page in obstore.list(store, chunk_size=1_000) for entry in page])
    lock = threading.Lock()
    counts = []

    def read() -> None:
        count = 0
        while True:
            with lock:
                key = next(keys, None)
            if key is None:
                break
            found = obstore.get(store, key, options={"range": (0, 65_536)})
            data, meta = bytes(found.bytes()), found.meta
            if meta["size"] > len(data):  # the end of a long picture, as sdscan reads it
                start = max(len(data), meta["size"] - 67_584)
                end = obstore.get(store, key, options={"range": (start, meta["size"]), "if_match": meta["e_tag"]})
                data += bytes(end.bytes())
            count += bool(data)
        counts.append(count)

    threads = [threading.Thread(target=read) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


if __name__ == "__main__":
    print(main(sys.argv[1]))
