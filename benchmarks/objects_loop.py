"""obstore alone, as one would write it: list a bucket and read the first 64 KiB of each object on 32 threads. Prints how many it read.

    python objects_loop.py URL

Of a long picture it reads the end as well, as sdscan does; of each its size and version, as every reader needs.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import obstore
from obstore.store import S3Store

HEAD, TAIL = 65_536, 67_584


def main(url: str) -> int:
    """The number of objects."""
    config = {"access_key_id": "dummy", "secret_access_key": "dummy", "region": "us-east-1", "endpoint": url}
    store = S3Store("bench", config=config, client_options={"allow_http": True})
    keys = [entry["path"] for page in obstore.list(store, chunk_size=1_000) for entry in page]

    def read(key: str) -> int:
        found = obstore.get(store, key, options={"range": (0, HEAD)})
        data, meta = bytes(found.bytes()), found.meta
        size = meta["size"]
        if size > len(data):
            asked = {"range": (max(len(data), size - TAIL), size), "if_match": meta["e_tag"]}
            data += bytes(obstore.get(store, key, options=asked).bytes())
        return len(data)

    with ThreadPoolExecutor(32) as threads:
        return sum(1 for length in threads.map(read, keys) if length)


if __name__ == "__main__":
    print(main(sys.argv[1]))
